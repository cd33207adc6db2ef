import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import net from "node:net";
import { promisify } from "node:util";
import { tree } from "@facsimile/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { hostsFor, login } from "./world.ts";

const hosts = await hostsFor(["dead", "stale", "stopped", "halted"]);

/** A connection that is kept to a host, in a folder of its own. */
async function keptTo(host: string) {
  const base = await tree({}, { onFinished: onTestFinished });
  const options = { persist: 30, env: { ...(process.env as Record<string, string>), XDG_RUNTIME_DIR: base } };
  await (await login(hosts, host, options)).close();
  const folder = `${base}/facs-${process.getuid?.()}`;
  const [name = ""] = await fs.readdir(folder);
  const socket = `${folder}/${name}`;
  const master = await masterOf(socket);
  // A stopped process is ended by nothing else.
  onTestFinished(() => signal(master, "SIGKILL"));
  return { socket, master, next: () => login(hosts, host, options) };
}

async function masterOf(socket: string): Promise<number> {
  const { stderr } = await promisify(execFile)("ssh", ["-S", socket, "-O", "check", "any"]);
  return Number(/pid=(\d+)/.exec(stderr)?.[1]);
}

function signal(pid: number, which: NodeJS.Signals): void {
  try {
    process.kill(pid, which);
  } catch {
    // It ended by itself.
  }
}

/** The processes of a host that serve the connections to it. */
async function servantsOf(host: string): Promise<number[]> {
  const found = [Number((await fs.readFile(`${hosts.dir}/${host}.pid`, "utf8")).trim())];
  const { stdout } = await promisify(execFile)("ps", ["--no-headers", "-eo", "pid,ppid"]);
  const all = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  for (const parent of found)
    found.push(...all.flatMap(([pid, above]) => (pid !== undefined && above === parent ? [pid] : [])));
  if (found.length === 1) throw new Error(`nobody serves ${host}`);
  return found.slice(1);
}

describe("the next session works when what was kept", () => {
  it("was killed", async () => {
    const { master, next } = await keptTo("dead");
    signal(master, "SIGKILL");
    expect(await (await next()).facts()).toMatchObject({ system: "Linux" });
  });

  it("left a socket that nobody listens on, though it is one", async () => {
    const { master, socket, next } = await keptTo("stale");
    signal(master, "SIGKILL");
    await fs.rm(socket, { force: true });
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(`${socket}.new`, resolve));
    await fs.rename(`${socket}.new`, socket);
    server.close();
    expect((await fs.stat(socket)).isSocket()).toBe(true);
    expect(await (await next()).facts()).toMatchObject({ system: "Linux" });
    expect(await masterOf(socket)).not.toBe(master);
  });

  it("is stopped, here or there: it takes the question, and answers nothing", async () => {
    const [stopped, halted] = [await keptTo("stopped"), await keptTo("halted")];
    const servants = await servantsOf("halted");
    onTestFinished(() => servants.forEach((one) => void signal(one, "SIGKILL")));
    signal(stopped.master, "SIGSTOP");
    for (const one of servants) signal(one, "SIGSTOP");
    for (const session of await Promise.all([stopped.next(), halted.next()]))
      expect(await session.facts()).toMatchObject({ system: "Linux" });
    for (const { socket, master } of [stopped, halted]) expect(await masterOf(socket)).not.toBe(master);
  });
});
