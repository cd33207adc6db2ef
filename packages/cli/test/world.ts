import { execFile, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import fs from "node:fs/promises";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Fleet, fleet, GIT_ENV, git, gitCommit } from "@facsimile/testing";

const run = promisify(execFile);
const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
const FACS = path.join(REPOSITORY, "packages/cli/bin/facs.mjs");

/** The hosts of the example's `staging`, in the order of their addresses. */
export const HOSTS = ["web1.eu", "web2.eu", "db1.eu", "web1.us", "web2.us", "db1.us"] as const;

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A copy of the example with its sources, and an operator who has a key: everything below one temporary folder. */
export interface World {
  readonly dir: string;
  /** The conglomerate. */
  readonly root: string;
  /** The operator's home. */
  readonly home: string;
  /** Its folder for temporary files. */
  readonly temp: string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs the real CLI in the conglomerate. */
  facs(...args: string[]): Promise<Ran>;
  /** The same without waiting: `text` grows, `done` gives what `facs` gives. */
  start(...args: string[]): { readonly pid: number; readonly done: Promise<Ran>; readonly text: Omit<Ran, "code"> };
  /** Replaces a text in a file of the conglomerate and commits. The text must be there. */
  edit(file: string, from: string, to: string): Promise<void>;
  remove(): Promise<void>;
}

export async function world(more: NodeJS.ProcessEnv = {}): Promise<World> {
  const dir = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), "facs cli-")));
  const [root, home] = [path.join(dir, "shop"), path.join(dir, "home")];
  const config = path.join(home, ".config/facsimile");
  // Private sockets go here: the path is short and without blanks, and what a killed run leaves goes with the world.
  const temp = await fs.mkdtemp("/tmp/facs-t-");
  await fs.cp(path.join(REPOSITORY, "templates-repo-example"), root, {
    recursive: true,
    filter: (file) => !file.endsWith("/sources"),
  });
  await fs.mkdir(home);
  const env = {
    ...process.env,
    ...GIT_ENV,
    HOME: home,
    TMPDIR: temp,
    XDG_CONFIG_HOME: undefined,
    FACS_CONFIG_DIR: config,
    FACS_ROOT: undefined,
    FACS_GPG_KEY: undefined,
    GNUPGHOME: undefined,
    NO_COLOR: "1",
    ...more,
  };
  await run(process.execPath, ["make-sources.mjs"], { cwd: root });
  const start = (...args: string[]) => {
    const child = spawn(process.execPath, [FACS, ...args], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    const text = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => (text.stdout += chunk));
    child.stderr.on("data", (chunk) => (text.stderr += chunk));
    const done = new Promise<Ran>((resolve) => child.on("close", (code) => resolve({ code: code ?? 128, ...text })));
    return { pid: child.pid ?? 0, done, text };
  };
  const edit = async (file: string, from: string, to: string) => {
    const text = await fs.readFile(path.join(root, file), "utf8");
    if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
    await fs.writeFile(path.join(root, file), text.replaceAll(from, to));
    await gitCommit(root);
  };
  const made: World = {
    dir,
    root,
    home,
    env,
    start,
    edit,
    facs: (...args) => start(...args).done,
    temp,
    remove: async () => {
      for (const folder of [dir, temp]) await fs.rm(folder, { recursive: true, force: true });
    },
  };
  await git(root, "init", "--quiet", "--initial-branch=main");
  for (const [key, value] of Object.entries({ "user.name": "Robin", "user.email": "robin@example.org" }))
    await git(root, "config", key, value);
  const ready = await made.facs("init", "--name", "Robin", "--email", "robin@example.org");
  if (ready.code !== 0) throw new Error(ready.stderr);
  await gitCommit(root);
  return made;
}

export interface FleetWorld extends World {
  readonly fleet: Fleet;
  readonly hostHome: (host: string) => string;
}

/** {@link world} with six real sshd hosts for `staging`. */
export async function fleetWorld(): Promise<FleetWorld> {
  const hosts = await fleet(HOSTS);
  const made = await world({ FACS_SSH_CONFIG: hosts.sshConfig });
  await fs.writeFile(path.join(made.root, "hosts/known_hosts"), hosts.knownHosts);
  await made.edit("define/staging.json5", "127.0.77.", `${hosts.network}.`);
  const hostHome = (name: string) => hosts.hosts.find((host) => host.name === name)?.home ?? "";
  const remove = async () => {
    await hosts.stopAll();
    await made.remove();
  };
  return { ...made, fleet: hosts, hostHome, remove };
}

/** What the shop on a host answers, over a connection of its own. */
export function ask(address: string, port = 8077): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: address, port, path: "/", agent: false, timeout: 5000 }, (response) => {
      let text = "";
      response.on("data", (chunk) => (text += chunk)).on("end", () => resolve(JSON.parse(text)));
    });
    request.on("error", reject).on("timeout", () => request.destroy(new Error("no answer")));
  });
}

/** Every regular file below `root` whose bytes hold one of `needles`, in plain, base64 or hex. */
export async function filesHolding(root: string, needles: readonly string[]): Promise<string[]> {
  const forms = needles.flatMap((needle) => [
    needle,
    Buffer.from(needle).toString("base64").replace(/=+$/, ""),
    Buffer.from(needle).toString("hex"),
  ]);
  const entries = await fs.readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const held = await Promise.all(
    files.map(async (file) => ({ file, text: await fs.readFile(file, "latin1").catch(() => "") })),
  );
  return held.filter(({ text }) => forms.some((form) => text.includes(form))).map(({ file }) => file);
}

/** Notes the command line and the environment of every process on this machine, as often as it can, until told to stop. */
export async function watch(isRunning: () => boolean, seen: string[]): Promise<void> {
  const known = new Set(seen);
  while (isRunning()) {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name) && name !== String(process.pid))) {
      for (const text of [readNow(`/proc/${pid}/cmdline`), readNow(`/proc/${pid}/environ`)]) {
        if (text === "" || known.has(text)) continue;
        known.add(text);
        seen.push(text);
      }
    }
    await sleep(2);
  }
}

function readNow(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // The process ended meanwhile, or is somebody else's.
  }
}
