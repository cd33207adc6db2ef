import fs from "node:fs/promises";
import { expect, it } from "vitest";
import type { Lock, Session } from "../src/index.ts";
import { deploy, hostsFor, lockOf, login, place, treeOfFiles } from "./world.ts";

const hosts = await hostsFor(["h"]);

async function ready(): Promise<{ session: Session; lock: Lock; dir: string }> {
  const session = await login(hosts, "h");
  const lock = await lockOf(session);
  const { dir } = await deploy(
    lock,
    await treeOfFiles({ "bin/hello": '#!/bin/sh\nprintf "<%s>" "$@"\n' }, { "bin/hello": 0o755 }),
  );
  return { session, lock, dir };
}

it("runs a string by sh -eu and a list as it is, in the current tree, with the FACS_ variables and nothing on stdin", async () => {
  const { session, lock, dir } = await ready();
  const release = "a".repeat(64);
  const text =
    'cat; pwd; echo "$FACS_INSTANCE $FACS_PROJECT $FACS_RELEASE <$FACS_PREVIOUS>"; echo late >&2; false; echo never';
  const result = await lock.runHook(place, { run: text, release });
  const base = `${session.userHome}/shop/storefront`;
  expect(result).toEqual({
    exitCode: 1,
    output: `${base}/current\nstaging storefront ${release} <>\nlate\n`,
    truncated: false,
    timedOut: false,
  });
  const list = await lock.runHook(place, { run: ["bin/hello", "a b", "$(id)", "-n\n", "\\n"], release, dir });
  expect(list).toMatchObject({ exitCode: 0, output: "<a b><$(id)><-n\n><\\n>" });
  expect(await lock.runHook(place, { run: "kill -9 $$", release })).toMatchObject({ exitCode: 137 });
  expect(await lock.runHook(place, { run: 'echo "$UNSET"', release })).toMatchObject({ exitCode: 2 });
});

it("does not wait for a server that a hook leaves running, nor end it", async () => {
  const { lock } = await ready();
  const began = performance.now();
  const { output } = await lock.runHook(place, { run: "sleep 300 & echo $!", release: "" });
  expect(performance.now() - began).toBeLessThan(3000);
  await lock.unlock();
  process.kill(Number(output), 0);
  process.kill(Number(output));
});

it("ends a hook with all it started when its time is over, and tells what it said", async () => {
  const { lock } = await ready();
  const run = "trap '' TERM; echo $$; sleep 300 & echo $!; wait; sleep 300";
  const result = await lock.runHook(place, { run, release: "", timeout: 0.5 });
  expect(result).toMatchObject({ exitCode: 124, timedOut: true });
  const pids = result.output.trim().split("\n").map(Number);
  expect(pids).toHaveLength(2);
  for (const pid of pids) {
    const stat = await fs.readFile(`/proc/${pid}/stat`, "utf8").catch(() => "Z");
    expect(stat.slice(stat.lastIndexOf(")") + 2)).toMatch(/^[ZX]/);
  }
});

it("is ended by its own signal, and the session goes on", async () => {
  const { session, lock } = await ready();
  const signal = AbortSignal.timeout(300);
  await expect(lock.runHook(place, { run: "sleep 300", release: "", signal })).rejects.toThrow("timeout");
  expect((await session.probe(place)).lock?.owner).toBe("Ann");
});

it("keeps output out of the way: a file that only the login may read, sent to its last 64 KiB", async () => {
  const { session, lock } = await ready();
  const result = await lock.runHook(place, { run: "yes 0123456 | head -n 20000; echo end", release: "" });
  expect(result.truncated).toBe(true);
  expect(result.output).toHaveLength(65_536);
  expect(result.output.endsWith("0123456\nend\n")).toBe(true);
  const { mode } = await fs.stat(`${session.userHome}/shop/.facsimile/storefront/hook.${lock.token}.log`);
  expect(mode & 0o777).toBe(0o600);
});

it("is ended when its session is, and says nothing to the one of the next run", async () => {
  const { lock } = await ready();
  await lock.unlock();
  const session = await login(hosts, "h");
  const first = await lockOf(session, "killed");
  const pids = `${session.userHome}/pids`;
  const lost = first.runHook(place, { run: `trap '' TERM; echo $$ >> ${pids}; sleep 3; echo $$ >> ${pids}; exit 7`, release: "" }); // biome-ignore format: one line
  lost.catch(() => undefined);
  await expect.poll(() => fs.readFile(pids, "utf8").catch(() => "")).not.toBe("");
  await session.close();
  await expect(lost).rejects.toMatchObject({ code: "CONNECTION_LOST" });
  await fs.rm(`${session.userHome}/shop/.facsimile/lock`, { recursive: true });
  const second = await lockOf(await login(hosts, "h"), "next");
  const began = performance.now();
  expect(await second.runHook(place, { run: "sleep 4; exit 5", release: "" })).toMatchObject({ exitCode: 5 });
  expect(performance.now() - began).toBeGreaterThan(3900);
  expect((await fs.readFile(pids, "utf8")).trim().split("\n")).toHaveLength(1);
});
