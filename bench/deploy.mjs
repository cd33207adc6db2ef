// A whole `facs deploy` against as many parallel `rsync -a`, side by side in one run, on real sshd hosts of this machine.
// facs locks, verifies every byte on the host, signs and switches; rsync copies. One line of JSON a case, medians in ms.
//   node bench/deploy.mjs [--hosts 6] [--files 1000] [--kilobytes 50] [--rounds 5]
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fleet } from "../packages/testing/dist/index.js";

const FACS = fileURLToPath(new URL("../packages/cli/bin/facs.mjs", import.meta.url));
const number = (fallback) => ({ type: "string", default: String(fallback) });
const { values } = parseArgs({
  options: { hosts: number(6), files: number(1000), kilobytes: number(50), rounds: number(5) },
});
const [hosts, files, kilobytes, rounds] = ["hosts", "files", "kilobytes", "rounds"].map((name) => Number(values[name]));

const dir = mkdtempSync(join(tmpdir(), "facs-bench-"));
const machines = await fleet(hosts);
try {
  const world = makeWorld();
  const times = { first: [], unchanged: [], changed: [] };
  for (let round = 0; round < rounds; round++) {
    for (const { home } of machines.hosts) rmSync(home, { recursive: true, force: true });
    for (const { home } of machines.hosts) mkdirSync(home);
    times.first.push(await both(world, "1"));
    times.unchanged.push(await both(world, "1"));
    times.changed.push(await both(world, "2"));
  }
  for (const [name, measured] of Object.entries(times)) console.log(JSON.stringify(summary(name, measured)));
} finally {
  await machines.stopAll();
  rmSync(dir, { recursive: true, force: true });
}

/** Alternates which comes first, so that neither always finds the warmer cache. */
async function both(world, version) {
  const facs = () =>
    clock(() => run(process.execPath, [FACS, "deploy", "bench", "--yes", "--set", `versions.app=${version}`], world));
  const rsync = () => clock(() => Promise.all(machines.hosts.map(({ address }) => copy(address, version))));
  const order = Math.random() < 0.5 ? [facs, rsync] : [rsync, facs];
  const found = new Map();
  for (const work of order) found.set(work, await work());
  return { facs: found.get(facs), rsync: found.get(rsync) };
}

function copy(address, version) {
  const ssh = `ssh -F ${machines.sshConfig} -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no`;
  return run("rsync", ["-a", "--delete", "-e", ssh, "--", `${dir}/app-${version}/`, `${address}:raw/`], {});
}

function makeWorld() {
  const env = {
    ...process.env,
    HOME: dir,
    GIT_CONFIG_GLOBAL: join(dir, "gitconfig"),
    FACS_SSH_CONFIG: machines.sshConfig,
  };
  const root = join(dir, "shop");
  writeFileSync(
    env.GIT_CONFIG_GLOBAL,
    "[user]\nname = Bench\nemail = bench@example.org\n[init]\ndefaultBranch = main\n",
  );
  for (const folder of ["shop/define", "shop/hosts", "app"]) mkdirSync(join(dir, folder), { recursive: true });
  const git = (cwd, ...args) => execFileSync("git", args, { cwd, env });
  git(join(dir, "app"), "init", "--quiet");
  for (const version of ["1", "2"]) {
    for (const target of ["app", `app-${version}`]) writeFiles(join(dir, target), version);
    git(join(dir, "app"), "add", "--all");
    git(join(dir, "app"), "commit", "--quiet", "-m", version);
    git(join(dir, "app"), "tag", version);
  }
  writeJson(join(root, "define/facsimile.json5"), {
    projects: { app: { repo: "../app" } },
    versions: { app: "1" },
    home: "bench",
  });
  writeJson(join(root, "define/app.json5"), { install: { groups: [{ dir: "files" }] } });
  const named = Object.fromEntries(machines.hosts.map(({ name, address }) => [name, { address }]));
  writeJson(join(root, "define/bench.json5"), { deploy: { nodes: { web: Object.keys(named) } }, hosts: named });
  writeFileSync(join(root, "hosts/known_hosts"), machines.knownHosts);
  execFileSync(process.execPath, [FACS, "init"], { cwd: root, env, stdio: "ignore" });
  return { cwd: root, env };
}

/** Version 2 differs from version 1 in ten files. */
function writeFiles(folder, version) {
  mkdirSync(join(folder, "files"), { recursive: true });
  for (let n = 0; n < files; n++) {
    const head = n < 10 ? `${version} ${n}\n` : `${n}\n`;
    writeFileSync(join(folder, "files", `${n}.txt`), head.padEnd(kilobytes * 1000, `${n} `));
  }
}

function writeJson(file, content) {
  writeFileSync(file, JSON.stringify(content));
}

function run(file, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (text) => (said += text));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`${file} exited ${code}:\n${said}`))));
  });
}

async function clock(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function summary(name, measured) {
  const median = (list) => Math.round(list.toSorted((a, b) => a - b)[list.length >> 1]);
  const ratios = measured.map(({ facs, rsync }) => facs / rsync).sort((a, b) => a - b);
  const [low, high] = [ratios[0], ratios.at(-1)].map((ratio) => Number(ratio.toFixed(2)));
  const of = (who) => median(measured.map((one) => one[who]));
  return {
    case: name,
    hosts,
    files,
    kilobytes,
    rounds,
    facsMs: of("facs"),
    rsyncMs: of("rsync"),
    ratio: Number(ratios[ratios.length >> 1].toFixed(2)),
    low,
    high,
  };
}
