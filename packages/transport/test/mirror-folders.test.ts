import fs from "node:fs/promises";
import { formatManifest, manifestOf, treeId } from "@facsimile/manifest";
import { readTree, tree } from "@facsimile/testing";
import { expect, it } from "vitest";
import type { Place, Session } from "../src/index.ts";
import { deploy, hostsFor, lockOf, login, treeOfFiles } from "./world.ts";

const hosts = await hostsFor(["folders"]);
const place: Place = { home: "shop", instance: "staging", project: "storefront", strategy: "mirror" };
const other: Place = { ...place, project: "ledger" };

async function shown(session: Session): Promise<Record<string, string>> {
  const all = Object.entries(await readTree(`${session.userHome}/shop`));
  return Object.fromEntries(all.filter(([path]) => path.split("/")[0] !== ".facsimile"));
}

it("takes nothing of what lies in the project's folder where no release had that yet, but when told to", async () => {
  const session = await login(hosts, "folders");
  const lock = await lockOf(session);
  const [first, next] = [await treeOfFiles({ app: "1" }), await treeOfFiles({ app: "1", "storefront/x": "x" })];
  await deploy(lock, first, {}, place);
  const theirs = { "storefront/data": "precious", "storefront/x": "other", "storefront/a.log": "line", "storefront/deep/y": "y" }; // biome-ignore format: one line
  await tree(theirs, { root: `${session.userHome}/shop` });
  const before = await shown(session);
  const ignore = (path: string) => path.endsWith(".log");
  const expected = { code: "NOT_ADOPTED", message: expect.stringMatching(/storefront\/x, \S+storefront\/data, \S+storefront\/deep, \S+storefront\/deep\/y: something else/) }; // biome-ignore format: one line
  const asked = { manifest: await manifestOf(next), last: await manifestOf(first), ignore };
  expect(await session.way(place, asked)).toEqual([expect.objectContaining(expected)]);
  await expect(deploy(lock, next, { run: "run-2", ignore }, place)).rejects.toMatchObject(expected);
  expect(await shown(session)).toEqual(before);
  await deploy(lock, next, { run: "run-3", ignore, adopt: true }, place);
  expect(await shown(session)).toEqual({ app: "file 644 1", storefront: "dir 755", "storefront/a.log": "file 644 line", "storefront/x": "file 644 x" }); // biome-ignore format: one line
  // From then on it is the project's own.
  await tree({ "storefront/stray": "s" }, { root: `${session.userHome}/shop` });
  expect(await session.way(place, { ...asked, last: asked.manifest })).toEqual([]);
  await deploy(lock, await treeOfFiles({ "storefront/x": "2" }), { run: "run-4", ignore }, place);
  expect(Object.keys(await shown(session))).toEqual(["storefront", "storefront/a.log", "storefront/x"]);
  await fs.rm(`${session.userHome}/shop`, { recursive: true });
});

it("leaves a folder of another project, and makes one that another gives up in the same run", async () => {
  const session = await login(hosts, "folders");
  const lock = await lockOf(session);
  await deploy(lock, await treeOfFiles({ "var/x": "1", "old/x": "1" }), {}, place);
  await deploy(lock, await treeOfFiles({ var: "dir:" }), {}, other);
  await deploy(lock, await treeOfFiles({ app: "1", "old/x": "1" }), { run: "run-2" }, place);
  expect(await shown(session)).toEqual({ app: "file 644 1", old: "dir 755", "old/x": "file 644 1", var: "dir 755" });

  const before = await shown(session);
  const [first, second] = [await treeOfFiles({ app: "1" }), await treeOfFiles({ var: "dir:", "old/y": "2" })];
  const staged = [];
  for (const [nodes, at] of [
    [first, place],
    [second, other],
  ] as const) {
    const manifest = await manifestOf(nodes);
    const release = treeId(manifest);
    const { dir } = await lock.stage(at, { tree: nodes, manifest, run: "run-3" });
    await lock.record(at, { release, files: { manifest: formatManifest(manifest) } });
    staged.push({ at, to: { dir, release } });
  }
  const back = [];
  for (const { at, to } of staged) back.unshift({ at, to: await lock.switch(at, to) });
  expect(await shown(session)).toEqual({ app: "file 644 1", old: "dir 755", "old/y": "file 644 2", var: "dir 755" });
  for (const { at, to } of back) await lock.switch(at, to);
  expect(await shown(session)).toEqual(before);
});
