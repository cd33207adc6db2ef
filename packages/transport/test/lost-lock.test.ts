import { existsSync } from "node:fs";
import fs from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { connect, type Place, type Session } from "../src/index.ts";
import { deploy, place, treeOfFiles } from "./world.ts";

const mirror: Place = { ...place, strategy: "mirror" };

/** Two who work in one home of this machine, where `program` waits once, when its words match `when` and the file `slow` is there. */
async function two({ program, when, seconds }: { program: string; when: string; seconds: number }) {
  const content = `#!/bin/sh
if [ -e "$HOME/slow" ]; then case "$*" in ${when}) mv "$HOME/slow" "$HOME/slept"; /bin/sleep ${seconds} ;; esac; fi
exec /usr/bin/${program} "$@"
`;
  const home = await tree({ "shop/.keep": "", [`bin/${program}`]: { content, mode: 0o755 } }, { onFinished: onTestFinished }); // biome-ignore format: one line
  const env = { ...process.env, HOME: home, PATH: `${home}/bin:${process.env["PATH"]}` };
  const open = async (): Promise<Session> => {
    const session = await connect({ kind: "local", name: "local" }, { env });
    onTestFinished(() => session.close());
    return session;
  };
  const waits = async () => {
    while (existsSync(`${home}/slow`)) await sleep(50);
  };
  return { home, first: await open(), second: await open(), slow: () => fs.writeFile(`${home}/slow`, ""), waits };
}

const trees = () => Promise.all(["1", "2", "3"].map((v) => treeOfFiles({ v, same: "1" })));

it("a run whose lock was freed while it looked at a tree removes none: another may run from it now", async () => {
  const { home, first, second, slow, waits } = await two({ program: "find", when: "*seen.before*", seconds: 5 });
  const [one, other, third] = (await trees()) as [Tree, Tree, Tree];
  const before = await first.lock({ home: "shop", owner: "Ann", run: "r0" });
  await deploy(before, one);
  await deploy(before, other, { run: "r1" });
  await before.unlock();
  const lock = await first.lock({ home: "shop", owner: "Ann", run: "r2" });
  await slow();
  const late = deploy(lock, third, { run: "r2", keep: 1 }).then(() => "done", ({ code }) => code); // biome-ignore format: one line
  await waits();
  const { lock: held } = await second.readLock("shop");
  if (held !== undefined) await second.freeLock("shop", held);
  const taken = await second.lock({ home: "shop", owner: "Bo", run: "r3" });
  await deploy(taken, one, { run: "r3" });
  await taken.unlock();
  expect(await late).toBe("LOCK_LOST");
  expect(await fs.readFile(`${home}/shop/storefront/current/v`, "utf8")).toBe("1");
}, 60_000);

it("keeps up its lease while it sweeps a mirror, whose journal is nobody else's then", async () => {
  const { home, first, second, slow, waits } = await two({ program: "rm", when: "*.trash*", seconds: 10 });
  const [one, other] = (await trees()) as [Tree, Tree, Tree];
  const before = await first.lock({ home: "shop", owner: "Ann", run: "r0" });
  await deploy(before, one, {}, mirror);
  await before.unlock();
  await fs.mkdir(`${home}/shop/.facsimile/storefront/undo/.trash`, { recursive: true });
  const lock = await first.lock({ home: "shop", owner: "Ann", run: "r1", lease: 4 });
  await slow();
  const late = deploy(lock, other, { run: "r1" }, mirror);
  await waits();
  await sleep(5500);
  await expect(second.lock({ home: "shop", owner: "Bo", run: "r2" })).rejects.toMatchObject({ code: "LOCK_HELD" });
  await late;
}, 60_000);

type Tree = Awaited<ReturnType<typeof treeOfFiles>>;
