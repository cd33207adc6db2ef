import fs from "node:fs/promises";
import { manifestOf } from "@facsimile/manifest";
import { tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { watchedRsync } from "./watched-rsync.ts";
import { deploy, hostsFor, lockOf, login, place, treeOfFiles } from "./world.ts";

const hosts = await hostsFor(["web"]);
const large = (letter: string) => `${"x".repeat(750_000)}${letter}${"y".repeat(750_000)}`;

it("goes on without a control socket where ssh cannot make one: large files go whole, and nothing is left behind", async () => {
  const deep = "a-folder-of-a-name-that-leaves-no-room-for-a-socket-in-the-107-bytes-that-a-path-of-one-may-have";
  const base = await tree({}, { onFinished: onTestFinished });
  const tmpDir = `${base}/${deep}`;
  await fs.mkdir(tmpDir, { recursive: true });
  const { env, runs } = await watchedRsync();
  const session = await login(hosts, "web", { tmpDir, env });
  const lock = await lockOf(session);
  await deploy(lock, await treeOfFiles({ large: large("a") }));
  const next = await treeOfFiles({ large: large("b") });
  expect(await deploy(lock, next, { run: "run-2" })).toMatchObject({ sent: 1 });
  expect((await session.list(place)).manifest).toEqual(await manifestOf(next));
  expect(await runs()).toEqual([]);
  await lock.unlock();
  await session.close();
  expect(await fs.readdir(tmpDir)).toEqual([]);
  // ssh looks for room for its socket once it is logged in: the first login was in vain.
  expect((await fs.readFile(`${hosts.dir}/web.log`, "utf8")).match(/Accepted publickey/g)).toHaveLength(2);
});
