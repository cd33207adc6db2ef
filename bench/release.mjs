// A release built and sealed by `facs build`, as a whole process, against `cp -a` plus `sha256sum` over the same files, side by
// side in one run. facs installs, hashes, writes, checks every byte on its way and signs; the sources are checked out before.
// One line of JSON; `speed` is the peer's time over ours.
//   node bench/release.mjs [--files 20000] [--megabytes 500] [--rounds 5]
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const FACS = fileURLToPath(new URL("../packages/cli/bin/facs.mjs", import.meta.url));
const number = (fallback) => ({ type: "string", default: String(fallback) });
const { values } = parseArgs({ options: { files: number(20_000), megabytes: number(500), rounds: number(5) } });
const [files, megabytes, rounds] = ["files", "megabytes", "rounds"].map((name) => Number(values[name]));

const dir = mkdtempSync(join(tmpdir(), "facs-bench-"));
const root = join(dir, "shop");
const env = { ...process.env, HOME: dir, GIT_CONFIG_GLOBAL: join(dir, "gitconfig") };
try {
  makeWorld();
  run(process.execPath, [FACS, "build", "dev"], root); // Checks out, and warms the cache for both.
  const times = Array.from({ length: rounds }, both);
  console.log(JSON.stringify(summary(times)));
} finally {
  rmSync(dir, { recursive: true, force: true });
}

/** Who goes first is drawn, so that neither always finds the warmer cache. */
function both() {
  const order = Math.random() < 0.5 ? [facs, peer] : [peer, facs];
  const found = new Map(order.map((work) => [work, work()]));
  return { facs: found.get(facs), peer: found.get(peer) };
}

function facs() {
  rmSync(join(root, "RELEASE"), { recursive: true, force: true });
  return clock(() => run(process.execPath, [FACS, "build", "dev"], root));
}

function peer() {
  const copy = join(dir, "copy");
  rmSync(copy, { recursive: true, force: true });
  return clock(() => {
    run("cp", ["-a", "--", join(root, "SRC/app-1/files"), copy], dir);
    run("sh", ["-c", "find . -type f -print0 | xargs -0 sha256sum -- > ../sums"], copy);
  });
}

function makeWorld() {
  writeFileSync(
    env.GIT_CONFIG_GLOBAL,
    "[user]\nname = Bench\nemail = bench@example.org\n[init]\ndefaultBranch = main\n",
  );
  for (const folder of ["shop/define", "app"]) mkdirSync(join(dir, folder), { recursive: true });
  const size = Math.round((megabytes * 1e6) / files);
  for (let n = 0; n < files; n++) {
    const folder = join(dir, "app/files", String(n % 200));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${n}.bin`), randomBytes(size));
  }
  run("git", ["init", "--quiet"], join(dir, "app"));
  for (const args of [
    ["add", "--all"],
    ["commit", "--quiet", "-m", "1"],
    ["tag", "1"],
  ])
    run("git", args, join(dir, "app"));
  const app = { projects: { app: { repo: "../app" } }, versions: { app: "1" }, home: "bench" };
  writeFileSync(join(root, "define/facsimile.json5"), JSON.stringify(app));
  writeFileSync(join(root, "define/app.json5"), JSON.stringify({ install: { groups: [{ dir: "files" }] } }));
  writeFileSync(join(root, "define/dev.json5"), "{}");
  execFileSync(process.execPath, [FACS, "init"], { cwd: root, env, stdio: "ignore" });
}

function run(file, args, cwd) {
  const { status, stderr } = spawnSync(file, args, { cwd, env, stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
  if (status !== 0) throw new Error(`${file} exited ${status}:\n${stderr}`);
}

function clock(work) {
  const began = performance.now();
  work();
  return performance.now() - began;
}

function summary(measured) {
  const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
  const speeds = measured.map((one) => one.peer / one.facs).sort((a, b) => a - b);
  const [facsMs, peerMs] = ["facs", "peer"].map((who) => Math.round(median(measured.map((one) => one[who]))));
  const [speed, low, high] = [median(speeds), speeds[0], speeds.at(-1)].map((each) => Number(each.toFixed(2)));
  return { case: "release", files, megabytes, rounds, facsMs, peerMs, speed, low, high };
}
