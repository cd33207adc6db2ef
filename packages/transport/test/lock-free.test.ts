import fs from "node:fs/promises";
import { expect, it } from "vitest";
import type { HeldLock, Session } from "../src/index.ts";
import { deploy, hostsFor, lockOf, login, place, treeOfFiles } from "./world.ts";

const hosts = await hostsFor(["one", "two", "three"]);

async function held(session: Session): Promise<HeldLock> {
  const { lock } = await session.readLock("shop");
  if (lock === undefined) throw new Error("nobody has the lock");
  return lock;
}

const folderOf = (session: Session) => `${session.userHome}/shop/.facsimile/lock`;

/** As if its holder had been dead for long. */
async function expire(session: Session, { token, until }: HeldLock): Promise<void> {
  await fs.rename(`${folderOf(session)}/${token}.${until}`, `${folderOf(session)}/${token}.1000`);
}

it("tells who has the lock, until when by the clock of the host, and makes nothing", async () => {
  const session = await login(hosts, "one");
  expect(await session.readLock("shop")).toEqual({ clock: expect.any(Number), lock: undefined });
  expect(await fs.readdir(session.userHome)).not.toContain("shop");
  const lock = await lockOf(session);
  const found = await session.readLock("shop");
  expect(found.lock).toMatchObject({ owner: "Ann", run: "run-1", reason: "deploy", token: lock.token, expired: false });
  expect((found.lock?.until ?? 0) - found.clock).toBeGreaterThan(110);
  await expire(session, await held(session));
  expect(await held(session)).toMatchObject({ owner: "Ann", until: 1000, expired: true });
  await fs.rename(`${folderOf(session)}/${lock.token}.1000`, `${folderOf(session)}/odd`);
  expect(await held(session)).toMatchObject({ owner: "", expired: false });
  await fs.rm(folderOf(session), { recursive: true });
});

it("freed, a run can switch no more, nor do anything else; the next takes the lock at once", async () => {
  const [ann, bob] = [await login(hosts, "two"), await login(hosts, "two")];
  const lock = await lockOf(ann);
  const staged = await deploy(lock, await treeOfFiles({ a: "1" }));
  const next = await lock.stage(place, await staging({ a: "2" }));
  expect(await bob.freeLock("shop", await held(bob))).toBe(true);
  expect(await bob.readLock("shop")).toMatchObject({ lock: undefined });
  for (const change of [
    () => lock.switch(place, { dir: next.dir, release: undefined }),
    () => lock.switch(place, undefined),
    () => lock.runHook(place, { run: "touch canary", release: "" }),
    () => lock.renew(),
  ])
    await expect(change()).rejects.toMatchObject({ code: "LOCK_LOST" });
  expect((await bob.probe(place)).current?.dir).toBe(staged.dir);
  const taken = await bob.lock({ home: "shop", owner: "Bob", run: "run-2" });
  await expect(lock.switch(place, { dir: next.dir, release: undefined })).rejects.toMatchObject({ code: "LOCK_LOST" });
  await taken.switch(place, { dir: next.dir, release: undefined });
  await taken.unlock();
});

async function staging(files: Record<string, string>) {
  const { manifestOf } = await import("@facsimile/manifest");
  const tree = await treeOfFiles(files);
  return { tree, manifest: await manifestOf(tree), run: "run-1" };
}

it("frees a lock that was renewed since it was seen, but none that another took since", async () => {
  const [ann, bob] = [await login(hosts, "three"), await login(hosts, "three")];
  const lock = await lockOf(ann);
  const seen = await held(bob);
  await fs.rename(`${folderOf(bob)}/${seen.token}.${seen.until}`, `${folderOf(bob)}/${seen.token}.${seen.until + 40}`);
  expect(await bob.freeLock("shop", seen)).toBe(true);
  expect(await bob.freeLock("shop", seen)).toBe(false);
  const other = await lockOf(bob, "run-2");
  expect(await ann.freeLock("shop", seen)).toBe(false);
  expect(await held(ann)).toMatchObject({ run: "run-2", token: other.token });
  await lock.unlock();
  expect((await held(ann)).token).toBe(other.token);
});

it("frees an expired lock, unless its holder came back and renewed it", async () => {
  const [ann, bob] = [await login(hosts, "three"), await login(hosts, "three")];
  const lock = await lockOf(ann);
  await expire(bob, await held(bob));
  const seen = await held(bob);
  await lock.renew();
  expect(await bob.freeLock("shop", seen)).toBe(false);
  expect(await held(bob)).toMatchObject({ token: lock.token, expired: false });
  await expire(bob, await held(bob));
  expect(await bob.freeLock("shop", await held(bob))).toBe(true);
  expect(await fs.readdir(`${bob.userHome}/shop/.facsimile`)).not.toContain("lock");
});

it("frees one of many renewals at once, whatever comes between", async () => {
  const [ann, bob] = [await login(hosts, "three"), await login(hosts, "three")];
  for (let round = 0; round < 10; round++) {
    const lock = await ann.lock({ home: "shop", owner: "Ann", run: `${round}`, lease: 100 + round });
    const seen = await held(bob);
    const [freed] = await Promise.all([bob.freeLock("shop", seen), ...Array.from({ length: 3 }, () => lock.renew().catch(() => undefined))]); // biome-ignore format: one line
    expect(freed).toBe(true);
    await expect(lock.renew()).rejects.toMatchObject({ code: "LOCK_LOST" });
  }
});
