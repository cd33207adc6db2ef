// macOS has no setsid: what a command starts is ended with it all the same, by a shell that gives it a group of its own.
import fs from "node:fs/promises";
import { tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { connect, type Session } from "../src/index.ts";
import { deploy, lockOf, place, treeOfFiles } from "./world.ts";

/** This machine, without setsid. Its own programs run in that shell. */
async function machine(shell: "bash" | "dash"): Promise<Session> {
  const home = await tree({ "shop/.keep": "", "bin/.keep": "" }, { onFinished: onTestFinished });
  const tools = (await fs.readdir("/usr/bin")).filter((name) => name !== "setsid" && name !== "sh");
  await Promise.all(tools.map((name) => fs.symlink(`/usr/bin/${name}`, `${home}/bin/${name}`)));
  await fs.symlink(`/bin/${shell}`, `${home}/bin/sh`);
  const session = await connect({ kind: "local", name: "local" }, { env: { HOME: home, PATH: `${home}/bin` } });
  onTestFinished(() => session.close());
  return session;
}

/** With bash, a process and one that it started; dash, which gives no group without a terminal, loses sight of the second. */
const COMMANDS = [
  { shell: "bash", words: ["sh", "-c", "trap '' TERM; echo $$; sleep 300 & echo $!; wait; sleep 300"], started: 2 },
  { shell: "dash", words: ["sh", "-c", "echo $$; exec sleep 300"], started: 1 },
] as const;

async function allGone(output: string, count: number): Promise<void> {
  const pids = output.trim().split("\n");
  expect(pids).toHaveLength(count);
  for (const pid of pids) await expect.poll(() => isThere(pid), { timeout: 5000 }).toBe(false);
}

/** Also where nobody fetched its end, it is gone. */
async function isThere(pid: string): Promise<boolean> {
  const stat = await fs.readFile(`/proc/${pid}/stat`, "utf8").catch(() => ") X");
  return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
}

it.each(COMMANDS)(
  "ends a hook and what it started when its time is over, by $shell",
  async ({ shell, words, started }) => {
    const lock = await lockOf(await machine(shell));
    await deploy(lock, await treeOfFiles({ v: "1" }));
    const result = await lock.runHook(place, { run: words, release: "", timeout: 0.5 });
    expect(result).toMatchObject({ exitCode: 124, timedOut: true });
    await allGone(result.output, started);
  },
);

it.each(COMMANDS)("ends any other command, too, by $shell", async ({ shell, words, started }) => {
  const session = await machine(shell);
  let said = "";
  const onOutput = ({ bytes }: { readonly bytes: Uint8Array }) => (said += Buffer.from(bytes).toString("latin1"));
  const result = await session.run({ run: words, instance: "staging", timeout: 1, onOutput });
  expect(result).toMatchObject({ exitCode: 124, timedOut: true });
  await allGone(said, started);
});

it("ends a hook and what it started when its session is gone", async () => {
  const session = await machine("bash");
  const lock = await lockOf(session);
  await deploy(lock, await treeOfFiles({ v: "1" }));
  const pids = `${session.userHome}/pids`;
  const lost = lock.runHook(place, { run: `echo $$ > ${pids}.new; sleep 300 & echo $! >> ${pids}.new; mv ${pids}.new ${pids}; wait`, release: "" }); // biome-ignore format: one line
  lost.catch(() => undefined);
  await expect.poll(() => fs.readFile(pids, "utf8").catch(() => ""), { timeout: 5000 }).not.toBe("");
  await session.close();
  await allGone(await fs.readFile(pids, "utf8"), 2);
});
