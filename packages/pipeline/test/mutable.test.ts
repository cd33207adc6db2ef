import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DeployWorld, deployWorld } from "./deploy-world.ts";
import { write } from "./world.ts";

const HOST = "web1.eu";
const DEPLOY = 'mutable: ["cache/**", "seen"],';
let shop: DeployWorld;
let home: string;

beforeAll(async () => {
  shop = await deployWorld([HOST]);
  home = shop.fleet.hosts[0]?.home ?? "";
  await release("seed 1");
  await shop.define({ deploy: DEPLOY, banner: "one" });
  expect((await shop.deploy()).outcome).toBe("done");
});
afterAll(() => shop.stopAll());

/** The files that programs may change, as the next release has them. */
async function release(seed: string): Promise<void> {
  await write(shop.root, { "tmpl/shop/_ALL_/_DEPLOY_/cache/seed": seed, "tmpl/shop/_ALL_/_DEPLOY_/seen": "nothing" });
}

const current = (file: string) => path.join(home, "shop/shop/current", file);
const read = (file: string) => fs.readFile(current(file), "utf8").catch(() => undefined);
const all = async () => ({
  seed: await read("cache/seed"),
  seen: await read("seen"),
  added: await read("cache/added"),
});

/** As a program on the host does it. */
async function writeThere(): Promise<void> {
  await fs.writeFile(current("cache/seed"), "changed there");
  await fs.writeFile(current("cache/added"), "made there");
  await fs.rm(current("seen"));
}
const WRITTEN = { seed: "changed there", seen: undefined, added: "made there" };

// docs/deploy.md has the same.
it("mutable paths of a release are compared by nobody, and a deploy of the same release leaves them", async () => {
  await writeThere();
  expect(await shop.verify()).toEqual([]);
  expect((await shop.deploy()).outcome).toBe("unchanged");
  expect(await all()).toEqual(WRITTEN);
});

it("another release brings its own; going back finds what programs wrote", async () => {
  await release("seed 2");
  await shop.define({ deploy: DEPLOY, banner: "two" });
  expect((await shop.deploy()).outcome).toBe("done");
  expect(await all()).toEqual({ seed: "seed 2", seen: "nothing", added: undefined });
  expect((await shop.rollback()).outcome).toBe("done");
  expect(await all()).toEqual(WRITTEN);
  expect(await shop.verify()).toEqual([]);
});

it("a release that differs in a mutable file alone is another release", async () => {
  await release("seed 3");
  expect((await shop.deploy()).outcome).toBe("done");
  expect(await all()).toEqual({ seed: "seed 3", seen: "nothing", added: undefined });
});

it("a tree that is made whole is a new one, with its own", async () => {
  await writeThere();
  await fs.writeFile(current("etc/banner"), "tampered");
  expect((await shop.deploy()).outcome).toBe("done");
  expect(await all()).toEqual({ seed: "seed 3", seen: "nothing", added: undefined });
});
