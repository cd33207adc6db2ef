// State: opening a file of many values in one process, and the git diff of a change of one of them.
//   node bench/state.mjs [--leaves 1000] [--rounds 21]
// Opening reads and checks the file, verifies its signature, decrypts the data key and opens every leaf; goal: 120 ms at
// most. It is timed without the loading of OpenPGP.js, which happens once in a process, here when the key is made.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as facs from "../packages/state/dist/index.js";
import { operator } from "./state/operator.mjs";

const { values } = parseArgs({
  options: { leaves: { type: "string", default: "1000" }, rounds: { type: "string", default: "21" } },
});
const [leaves, rounds] = [Number(values.leaves), Number(values.rounds)];
const dir = mkdtempSync(join(tmpdir(), "facs-bench-"));
try {
  const { open, keyring, now } = await operator({ root: join(dir, "root"), configDir: join(dir, "config") });
  const empty = await open();
  const passwords = Array.from({ length: leaves }, (_, index) => `user${index}`);
  await facs.sealState(empty, facs.planState(empty, { passwords }), { keyring, now });
  report("state/open", { leaves, ...(await times(open)) });
  report("state/diff", { leaves, ...(await diffOfOneValue({ open, keyring, now, root: join(dir, "root") })) });
} finally {
  rmSync(dir, { recursive: true, force: true });
}

async function times(work) {
  const all = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await work();
    all.push(performance.now() - start);
  }
  const sorted = [...all].sort((a, b) => a - b);
  return { ms: round(sorted[rounds >> 1]), low: round(sorted[0]), high: round(sorted.at(-1)) };
}

/** How many lines git shows as added in the values and in the seal, and as removed from both. */
async function diffOfOneValue({ open, keyring, now, root }) {
  const git = (...args) =>
    execFileSync("git", ["-C", root, "-c", "user.name=b", "-c", "user.email=b@example.org", ...args]).toString();
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "--message", "before");
  const name = facs.parseValueName(`passwd/user${leaves >> 1}`);
  await facs.changeState(await open(), [{ type: "rotate", name, by: "uuid" }], { keyring, now });
  const seal =
    readFileSync(join(root, "state", "dev.json"), "utf8")
      .split("\n")
      .indexOf('  "seal": {') + 1;
  // git-diff(1): @@ -FROM,LINES +FROM,LINES @@, without ",1".
  const hunks = [...git("diff", "--unified=0").matchAll(/^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm)].map(
    ([, removed = 1, from, added = 1]) => ({
      removed: Number(removed),
      added: Number(added),
      inSeal: Number(from) > seal,
    }),
  );
  const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);
  const addedIn = (wanted) => sum(hunks.filter(({ inSeal }) => inSeal === wanted).map(({ added }) => added));
  return { values: addedIn(false), seal: addedIn(true), removed: sum(hunks.map(({ removed }) => removed)) };
}

function report(bench, numbers) {
  console.log(JSON.stringify({ bench, ...numbers }));
}

function round(number) {
  return Math.round(number * 10) / 10;
}
