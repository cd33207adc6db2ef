import fs from "node:fs/promises";
import { manifestOf } from "@facsimile/manifest";
import { tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { deploy, hostsFor, lockOf, login, place, treeOfFiles } from "./world.ts";

const hosts = await hostsFor(["h", "one"]);

/** Is rsync until it copies; then it is killed, after it sent something. */
const KILLED = `#!/bin/sh
case $1 in --version) exec /usr/bin/rsync "$@" ;; esac
/usr/bin/rsync "$@" & sleep 0.05
kill -9 $! $$
`;

it("rsync killed by -9 while it sends what differs: the files go whole, by the connection that is there", async () => {
  const big = (letter: string) => ({ big: letter + "x".repeat(8_000_000), small: letter });
  const session = await login(hosts, "h");
  const first = await lockOf(session);
  await deploy(first, await treeOfFiles(big("a")));
  await first.unlock();
  const folder = await tree({ rsync: { content: KILLED, mode: 0o755 } }, { onFinished: onTestFinished });
  const env = { ...(process.env as Record<string, string>), PATH: `${folder}:${process.env["PATH"]}` };
  const dying = await login(hosts, "h", { env });
  const lock = await lockOf(dying, "run-2");
  const next = await treeOfFiles(big("b"));
  expect(await deploy(lock, next, { run: "run-2" })).toMatchObject({ sent: 2 });
  await lock.unlock();
  expect((await session.list(place)).manifest).toEqual(await manifestOf(next));
});

it("a host that allows one session for a connection gets large files whole", async () => {
  const config = `${hosts.dir}/one.conf`;
  await fs.writeFile(config, (await fs.readFile(config, "utf8")).replace(/^MaxSessions .*/m, "MaxSessions 1"));
  await hosts.stop("one");
  await hosts.start("one");
  const session = await login(hosts, "one");
  const lock = await lockOf(session);
  for (const letter of ["a", "b"]) {
    const next = await treeOfFiles({ big: letter + "x".repeat(2_000_000), same: "s" });
    await deploy(lock, next, { run: `run-${letter}` });
    expect((await session.list(place)).manifest).toEqual(await manifestOf(next));
  }
});
