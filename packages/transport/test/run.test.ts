import { readdirSync, statSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { connect, type RunRequest, type Session } from "../src/index.ts";
import { hostsFor, login } from "./world.ts";

const hosts = await hostsFor(["h"]);

/** What a command said, and how it ended. */
async function ran(session: Session, run: RunRequest["run"], more: Partial<RunRequest> = {}) {
  const said = { stdout: "", stderr: "" };
  const onOutput: RunRequest["onOutput"] = ({ stream, bytes }) => (said[stream] += bytes.toString("latin1"));
  return { ...(await session.run({ run, instance: "staging", onOutput, ...more })), ...said };
}

/** The state of a process, `gone` where there is none or nobody fetched its end. */
async function stateOf(pid: string): Promise<string> {
  const stat = await fs.readFile(`/proc/${pid.trim()}/stat`, "utf8").catch(() => ") X");
  return stat.slice(stat.lastIndexOf(")") + 2).replace(/^[ZX].*/s, "gone");
}

async function untilGone(pid: string): Promise<void> {
  for (let tries = 0; tries < 100 && (await stateOf(pid)) !== "gone"; tries++) await sleep(50);
  expect(await stateOf(pid)).toBe("gone");
}

it("runs words as they are and a string by sh -c, with both outputs apart and nothing on stdin", async () => {
  const session = await login(hosts, "h");
  const words = await ran(session, ["printf", "<%s>", "a b", "$(id)", "-n\n", "\\n", "'\"", ""]);
  expect(words).toEqual({ stdout: "<a b><$(id)><-n\n><\\n><'\"><>", stderr: "", exitCode: 0, timedOut: false });
  const text = 'cat; echo "$FACS_INSTANCE"; echo late >&2; false; exit 3';
  expect(await ran(session, text)).toMatchObject({ stdout: "staging\n", stderr: "late\n", exitCode: 3 });
  expect(await ran(session, "kill -9 $$")).toMatchObject({ exitCode: 137 });
  expect(await ran(session, ["no-such-program"])).toMatchObject({
    exitCode: 127,
    stderr: expect.stringContaining("no-such-program"),
  });
});

it("runs in the home, and where that is not there in the login's, making neither", async () => {
  const session = await login(hosts, "h");
  const { userHome } = session;
  expect((await ran(session, ["pwd"], { home: "shop" })).stdout).toBe(`${userHome}\n`);
  await fs.mkdir(`${userHome}/shop`);
  expect((await ran(session, ["pwd"], { home: "shop" })).stdout).toBe(`${userHome}/shop\n`);
  expect((await ran(session, ["pwd"], { home: `${userHome}/shop` })).stdout).toBe(`${userHome}/shop\n`);
  expect(await fs.readdir(`${userHome}/shop`)).toEqual([]);
});

it("tells output as it comes, and every byte of what is long", async () => {
  const session = await login(hosts, "h");
  const times: number[] = [];
  const began = performance.now();
  const onOutput = () => void times.push(performance.now() - began);
  await session.run({ run: "echo a; sleep 2; echo b", instance: "staging", onOutput });
  expect(times).toHaveLength(2);
  expect(times[0]).toBeLessThan(1000);
  const { stdout, stderr } = await ran(session, "seq 1000000; printf '\\0\\377'; seq 300000 >&2");
  const numbers = (n: number) => Array.from({ length: n }, (_, i) => `${i + 1}\n`).join("");
  expect(stdout === `${numbers(1_000_000)}\0\xff`).toBe(true);
  expect(stderr === numbers(300_000)).toBe(true);
});

it("lets a command wait that says more than is fetched: little of it lies on the host", async () => {
  const stop = new AbortController();
  const session = await login(hosts, "h", { signal: stop.signal });
  const sizes: number[] = [];
  const onOutput: RunRequest["onOutput"] = ({ bytes }) => {
    if (sizes.length > 0) return;
    const [output = ""] = bytes.toString().split("\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500); // Nothing is fetched meanwhile.
    const folder = path.dirname(output);
    sizes.push(readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0));
    stop.abort(new Error("enough"));
  };
  const run = "readlink /proc/$$/fd/1; exec yes 0123456789";
  await expect(session.run({ run, instance: "staging", onOutput })).rejects.toThrow("enough");
  expect(sizes[0]).toBeGreaterThan(1_000_000);
  expect(sizes[0]).toBeLessThan(5_000_000);
});

it("does not wait for a program that a command leaves running", async () => {
  const session = await login(hosts, "h");
  const began = performance.now();
  const { stdout } = await ran(session, "sleep 300 & echo $!");
  expect(performance.now() - began).toBeLessThan(3000);
  expect(await stateOf(stdout)).not.toBe("gone");
  process.kill(Number(stdout));
});

it("ends a command with all it started when its time is over", async () => {
  const session = await login(hosts, "h");
  const result = await ran(session, "trap '' TERM; echo $$; sleep 300 & echo $!; wait; sleep 300", { timeout: 1 });
  expect(result).toMatchObject({ exitCode: 124, timedOut: true });
  const pids = result.stdout.trim().split("\n");
  expect(pids).toHaveLength(2);
  for (const pid of pids) await untilGone(pid);
  expect((await ran(session, ["true"], { timeout: 5 })).exitCode).toBe(0);
});

it("does not outlive a session that is aborted, or that is closed", async () => {
  const stop = new AbortController();
  const session = await login(hosts, "h", { signal: stop.signal });
  const [aborted, closed] = [await started(session), await started(await login(hosts, "h"))];
  stop.abort(new Error("enough"));
  await expect(aborted.result).rejects.toThrow("enough");
  expect(await stateOf(aborted.pid)).toBe("gone");
  await session.close();
  await closed.session.close();
  await expect(closed.result).rejects.toMatchObject({ code: "CONNECTION_LOST" });
  await untilGone(closed.pid);
  for (const { folder } of [aborted, closed]) await untilNotThere(folder);
});

interface Started {
  readonly session: Session;
  readonly pid: string;
  /** Where the host keeps its output. */
  readonly folder: string;
  readonly result: Promise<unknown>;
}

async function started(session: Session): Promise<Started> {
  return await new Promise((resolve) => {
    const onOutput: RunRequest["onOutput"] = ({ bytes }) => {
      const [pid = "", output = ""] = bytes.toString().split(" ");
      resolve({ session, pid, folder: path.dirname(output), result });
    };
    const run = 'echo "$$ $(readlink /proc/$$/fd/1)"; sleep 300; true';
    const result = session.run({ run, instance: "staging", onOutput });
    result.catch(() => undefined);
  });
}

async function untilNotThere(folder: string): Promise<void> {
  const isThere = () => fs.access(folder).then(() => true, () => false); // biome-ignore format: one line
  for (let tries = 0; tries < 100 && (await isThere()); tries++) await sleep(50);
  expect([folder, await isThere()]).toEqual([folder, false]);
}

it("keeps output where only the login may read it, and no longer than the command runs", async () => {
  const session = await login(hosts, "h");
  const { stdout } = await ran(session, 'folder=$(dirname "$(readlink /proc/$$/fd/1)"); stat -c "%a %n" "$folder"');
  expect(stdout).toMatch(/^700 \/dev\/shm\/facs\.\w{6}\n$/);
  await expect(fs.access(stdout.slice(4).trim())).rejects.toMatchObject({ code: "ENOENT" });
});

it("is the same on this machine, without ssh", async () => {
  const session = await connect({ kind: "local", name: "here" }, { env: process.env });
  const result = await ran(session, "echo $FACS_INSTANCE; exit 2");
  await session.close();
  expect(result).toMatchObject({ stdout: "staging\n", exitCode: 2 });
});

it("fails where somebody removes the folder of its output, and does not outlive the session", async () => {
  const session = await login(hosts, "h");
  const run = 'echo $$ > pid; rm -rf "$(dirname "$(readlink /proc/$$/fd/1)")"; exec sleep 100';
  await expect(ran(session, run)).rejects.toMatchObject({ code: "HOST_FAILED", message: expect.stringContaining("where its output was") }); // biome-ignore format: one line
  const pid = await fs.readFile(path.join(session.userHome, "pid"), "utf8");
  await session.close();
  await untilGone(pid);
});
