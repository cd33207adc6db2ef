// A fleet, a conglomerate whose instance `bench` is that fleet, and an application in several versions.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fleet } from "../../packages/testing/dist/index.js";

const FACS = fileURLToPath(new URL("../../packages/cli/bin/facs.mjs", import.meta.url));

/** @param size `{hosts, files, bytes}`; bytes of all files together. */
export async function makeWorld(size) {
  const dir = mkdtempSync(join(tmpdir(), "facs-bench-"));
  const machines = await fleet(size.hosts);
  const env = { ...process.env, HOME: dir, XDG_RUNTIME_DIR: dir, GIT_CONFIG_GLOBAL: join(dir, "gitconfig"), FACS_SSH_CONFIG: machines.sshConfig }; // biome-ignore format: one line
  const world = { dir, machines, env, size, root: join(dir, "shop"), newest: 0 };
  writeFileSync(
    env.GIT_CONFIG_GLOBAL,
    "[user]\nname = Bench\nemail = bench@example.org\n[init]\ndefaultBranch = main\n",
  );
  for (const folder of ["shop/define", "shop/hosts", "app"]) mkdirSync(join(dir, folder), { recursive: true });
  git(world, "init", "--quiet");
  define(world);
  facs(world, "init");
  return world;
}

export async function removeWorld({ dir, machines }) {
  await machines.stopAll();
  rmSync(dir, { recursive: true, force: true });
}

function define({ dir, root, machines }) {
  const write = (file, content) => writeFileSync(join(root, file), JSON.stringify(content));
  write("define/facsimile.json5", { projects: { app: { repo: "../app" } }, versions: { app: "1" }, home: "bench" });
  write("define/app.json5", { install: { groups: [{ dir: "files" }] } });
  const named = Object.fromEntries(machines.hosts.map(({ name, address }) => [name, { address }]));
  write("define/bench.json5", { deploy: { nodes: { web: Object.keys(named) }, maxUnreachable: 1 }, hosts: named });
  writeFileSync(join(root, "hosts/known_hosts"), machines.knownHosts);
  rmSync(join(dir, "raw"), { recursive: true, force: true });
}

/**
 * The next version: ten files differ from the one before. It is tagged, checked out, built and sealed; and lies in
 * `app-<version>` for rsync, where files that are the same have the same times. @returns its name.
 */
export function nextVersion(world) {
  const { dir, newest } = world;
  const version = String(newest + 1);
  const folder = join(dir, `app-${version}`);
  if (newest > 0) cpSync(join(dir, `app-${newest}`), folder, { recursive: true, preserveTimestamps: true });
  writeFiles(folder, { ...world, version, all: newest === 0 });
  cpSync(folder, join(dir, "app"), { recursive: true, preserveTimestamps: true });
  git(world, "add", "--all");
  git(world, "commit", "--quiet", "-m", version);
  git(world, "tag", version);
  world.newest += 1;
  // Twice: what changed a moment ago is not remembered as seen.
  for (let n = 0; n < 2; n++) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200);
    facs(world, "build", "bench", "--set", `versions.app=${version}`);
  }
  return version;
}

function writeFiles(folder, { size, version, all }) {
  mkdirSync(join(folder, "files"), { recursive: true });
  for (let n = 0; n < (all ? size.files : Math.min(10, size.files)); n++) {
    const head = n < 10 ? `${version} ${n}\n` : `${n}\n`;
    writeFileSync(join(folder, "files", `${n}.txt`), head.padEnd(size.bytes / size.files, `${n} `));
  }
}

function git({ dir, env }, ...args) {
  execFileSync("git", args, { cwd: join(dir, "app"), env });
}

function facs({ root, env }, ...args) {
  execFileSync(process.execPath, [FACS, ...args], { cwd: root, env, stdio: ["ignore", "ignore", "inherit"] });
}

/** argv, and how to run it. */
export function deployOf(world, { version, persist }) {
  const set = [`versions.app=${version}`, `ssh.persist=${persist}`].flatMap((text) => ["--set", text]);
  return { argv: [process.execPath, FACS, "deploy", "bench", "--yes", ...set], options: { cwd: world.root, env: world.env } }; // biome-ignore format: one line
}

/** As many as `xargs -P 20` lets run at once, each with a connection of its own. */
export function rsyncOf({ dir, env, machines }, { version }) {
  const ssh = `ssh -F ${machines.sshConfig} -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no`;
  const one = ["rsync", "-a", "--delete", "-e", ssh, "--", `${dir}/app-${version}/`, "{}:raw/"];
  const input = machines.hosts.map(({ address }) => `${address}\n`).join("");
  return { argv: ["xargs", "-P", "20", "-I", "{}", ...one], options: { env }, input };
}

/** As before the first deploy. */
export function emptyHomes({ machines }) {
  for (const { home } of machines.hosts) {
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home);
  }
}

/** Its last host's sshd is stopped: the kernel accepts for it, and nobody answers. @returns what wakes it */
export function stopped({ machines }) {
  const pid = Number(readFileSync(join(machines.dir, `${machines.hosts.at(-1).name}.pid`), "utf8"));
  process.kill(pid, "SIGSTOP");
  return () => process.kill(pid, "SIGCONT");
}
