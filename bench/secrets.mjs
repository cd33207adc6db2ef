// `facs secrets get` against `ansible-vault view`, as whole processes, in pairs of one run. Both hold the same values; the
// one prints one of them, after signature, signer and history were checked, the other prints its whole file.
//   node bench/secrets.mjs [--leaves 100] [--rounds 15]
// It needs ansible-vault (Debian: ansible-core).
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as facs from "../packages/state/dist/index.js";
import { operator } from "./state/operator.mjs";

const FACS = fileURLToPath(new URL("../packages/cli/bin/facs.mjs", import.meta.url));
const { values } = parseArgs({
  options: { leaves: { type: "string", default: "100" }, rounds: { type: "string", default: "15" } },
});
const [leaves, rounds] = [Number(values.leaves), Number(values.rounds)];

const dir = mkdtempSync(join(tmpdir(), "facs-bench-"));
const [root, home] = [join(dir, "shop"), join(dir, "home")];
try {
  const secrets = await sealed();
  vaulted(secrets);
  const sides = {
    facs: () => clock(process.execPath, [FACS, "secrets", "get", "dev", "user7"]),
    vault: () => clock("ansible-vault", ["view", "--vault-password-file", "pass", "vault.yml"]),
  };
  for (const work of Object.values(sides)) work(); // A first run finds cold caches.
  const pairs = Array.from({ length: rounds }, (_, index) =>
    pair(index % 2 === 0 ? ["facs", "vault"] : ["vault", "facs"], sides),
  );
  const ratios = pairs.map((one) => one.facs / one.vault).sort((a, b) => a - b);
  const of = (who) => median(pairs.map((one) => one[who]).sort((a, b) => a - b));
  const found = {
    facsMs: of("facs"),
    vaultMs: of("vault"),
    ratio: median(ratios),
    low: ratios[0],
    high: ratios.at(-1),
  };
  const rounded = Object.fromEntries(Object.entries(found).map(([name, number]) => [name, Number(number.toFixed(2))]));
  console.log(JSON.stringify({ bench: "secrets/get", leaves, rounds, ...rounded }));
} finally {
  rmSync(dir, { recursive: true, force: true });
}

/** A conglomerate whose state holds the values; @returns them by name */
async function sealed() {
  mkdirSync(join(root, "define"), { recursive: true });
  writeFileSync(
    join(root, "define/facsimile.json5"),
    '{ projects: { shop: { repo: "sources/shop" } }, home: "shop" }\n',
  );
  writeFileSync(join(root, "define/dev.json5"), "{}\n");
  const { open, keyring, now } = await operator({ root, configDir: join(home, ".config/facsimile") });
  const state = await open();
  const names = Array.from({ length: leaves }, (_, index) => `user${index}`);
  const plan = facs.planState(state, { secrets: names });
  const { secret } = await facs.sealState(state, plan, { keyring, now });
  return names.map((name) => [name, secret(name, { full: "dev", parts: ["dev"] }).reveal()]);
}

function vaulted(secrets) {
  writeFileSync(join(root, "vault.yml"), secrets.map(([name, value]) => `${name}: ${value}\n`).join(""));
  writeFileSync(join(root, "pass"), "correct horse battery staple\n", { mode: 0o600 });
  clock("ansible-vault", ["encrypt", "--vault-password-file", "pass", "vault.yml"]);
}

function pair(order, sides) {
  return Object.fromEntries(order.map((who) => [who, sides[who]()]));
}

function clock(program, args) {
  const env = { PATH: process.env.PATH, HOME: home, NO_COLOR: "1" };
  const began = performance.now();
  execFileSync(program, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  return performance.now() - began;
}

function median(sorted) {
  return sorted[sorted.length >> 1];
}
