import { execFileSync } from "node:child_process";
import fs from "node:fs/promises";
import { compareTrees, manifestOf } from "@facsimile/manifest";
import { readTree, tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import { connect, type Place, type Session } from "../src/index.ts";
import { deploy, treeOfFiles } from "./world.ts";

const place: Place = { home: "shop", instance: "staging", project: "storefront" };
const mirror: Place = { ...place, strategy: "mirror" };

/** This machine, with a home of its own; `rm` in place of its own. */
async function machine(rm?: string) {
  const home = await tree({ "shop/.keep": "", ...(rm === undefined ? {} : { "bin/rm": { content: rm, mode: 0o755 } }) }, { onFinished: onTestFinished }); // biome-ignore format: one line
  const env = { ...process.env, HOME: home, PATH: `${home}/bin:${process.env["PATH"]}` };
  const session: Session = await connect({ kind: "local", name: "local" }, { env });
  onTestFinished(() => session.close());
  const lock = await session.lock({ home: "shop", owner: "Ann", run: "r" });
  return { home, base: `${home}/shop/storefront`, session, lock };
}

const versions = (...names: readonly string[]) => Promise.all(names.map((version) => treeOfFiles({ version, same: "1234" }))); // biome-ignore format: one line

it("a home whose folders hand on a group: a mirror's have the modes of the release, also when somebody changed one", async () => {
  const { home, session, lock } = await machine();
  await fs.chmod(`${home}/shop`, 0o2775);
  const nodes = await treeOfFiles({ "etc/x": "1", "a/b/c": "2" });
  await deploy(lock, nodes, {}, mirror);
  expect(compareTrees(await manifestOf(nodes), (await session.list(mirror)).manifest)).toEqual([]);
  await fs.chmod(`${home}/shop/etc`, 0o2755);
  await deploy(lock, nodes, { run: "run-2" }, mirror);
  expect(compareTrees(await manifestOf(nodes), (await session.list(mirror)).manifest)).toEqual([]);
});

it("a folder that somebody keeps among the releases stays", async () => {
  const { base, lock } = await machine();
  const [one, two, three] = (await versions("1", "2", "3")) as [Tree, Tree, Tree];
  await deploy(lock, one, { keep: 1 });
  await fs.cp(`${base}/current/`, `${base}/releases/before-the-fix`, { recursive: true });
  await deploy(lock, two, { keep: 1 });
  await deploy(lock, three, { keep: 1 });
  expect(await fs.readdir(`${base}/releases`)).toContain("before-the-fix");
});

type Tree = Awaited<ReturnType<typeof treeOfFiles>>;

it("a tree that cannot be removed is in nobody's way, however often the same comes and goes", async () => {
  const { session, base, lock } = await machine(
    '#!/bin/sh\ncase "$*" in *.trash*) exit 1 ;; esac\nexec /bin/rm "$@"\n',
  );
  const [one, two, three] = (await versions("1", "2", "3")) as [Tree, Tree, Tree];
  for (const nodes of [one, two, three, one, two, three]) {
    await deploy(lock, nodes, { keep: 1 });
    expect(compareTrees(await manifestOf(nodes), (await session.list(place)).manifest)).toEqual([]);
  }
  expect((await session.probe(place)).freeBytes).toBeLessThan(Number.POSITIVE_INFINITY);
  expect((await fs.readdir(`${base}/releases`, { withFileTypes: true })).length).toBeGreaterThan(3);
});

it("a shared folder that went away is noticed, and made again for a tree that is there", async () => {
  const { session, base, lock } = await machine();
  const [nodes] = (await versions("1")) as [Tree];
  const options = { shared: ["up"] };
  await deploy(lock, nodes, options);
  await fs.rmdir(`${base}/shared/up`);
  expect((await session.probe(place, options)).unlinked).toEqual(["up"]);
  await deploy(lock, nodes, { ...options, run: "run-2" });
  expect((await session.probe(place, options)).unlinked).toEqual([]);
  expect(await readTree(`${base}/current/up/`)).toEqual({});
});

it("an edit of what runs, made while older trees go, is not taken for what was there", async () => {
  const { session, home, lock } = await machine('#!/bin/sh\ncase "$*" in *.trash*) printf 1x34 > "$HOME/shop/storefront/current/same" ;; esac\nexec /bin/rm "$@"\n'); // biome-ignore format: one line
  const [one, two, three] = (await versions("1", "2", "3")) as [Tree, Tree, Tree];
  await deploy(lock, one);
  await deploy(lock, two);
  await deploy(lock, three, { keep: 1 });
  expect(execFileSync("cat", [`${home}/shop/storefront/current/same`]).toString()).toBe("1234");
  expect(compareTrees(await manifestOf(three), (await session.list(place)).manifest)).toEqual([]);
});

it.each([
  ["a byte that is no text", "\xff\n"],
  ["NUL, as after a loss of power, before the next line", "\0\0\0"],
  ["NUL in a line that is cut", '\n{"facsi\0\0\0'],
  ["NUL before what looks like another record", '\n{"facsi\0e":"1"}\n\0version":"1"}\n'],
])("the lines of a history that are whole count, beside %s", async (_, damage) => {
  const { home, session, lock } = await machine();
  const [one, two] = (await versions("1", "2")) as [Tree, Tree];
  await deploy(lock, one, { run: "run-1" });
  await fs.appendFile(`${home}/shop/.facsimile/storefront/history.jsonl`, damage, "latin1");
  await deploy(lock, two, { run: "run-2" });
  const { history, current } = await session.probe(place);
  expect(history.map(({ run }) => run)).toEqual(["run-1", "run-2"]);
  expect(history.at(-1)?.release).toBe(current?.release);
  await fs.appendFile(`${home}/shop/storefront/current/same`, "edited");
  expect((await session.probe(place, { look: ["history", "drift"] })).moved).toEqual(["same"]);
});
