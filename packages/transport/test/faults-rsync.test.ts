import { manifestOf } from "@facsimile/manifest";
import { readTree, tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { deploy, hostsFor, lockOf, login, place, treeOfFiles } from "./world.ts";

const hosts = await hostsFor(["h"]);

/** Is rsync until it copies; then it is killed, after it sent something. */
const KILLED = `#!/bin/sh
case $1 in --version) exec /usr/bin/rsync "$@" ;; esac
/usr/bin/rsync "$@" & sleep 0.05
kill -9 $! $$
`;

it("rsync killed by -9 while it sends what differs: what runs still runs, and the next run converges", async () => {
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
  await expect(deploy(lock, next, { run: "run-2" })).rejects.toMatchObject({ code: "RSYNC_FAILED" });
  await lock.unlock();
  const current = `${session.userHome}/shop/storefront/current/`;
  expect((await readTree(current))["small"]).toBe("file 644 a");
  expect(await deploy(await lockOf(session, "run-3"), next, { run: "run-3" })).toMatchObject({ sent: 2 });
  expect((await session.list(place)).manifest).toEqual(await manifestOf(next));
});
