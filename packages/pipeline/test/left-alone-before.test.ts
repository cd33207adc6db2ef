import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { plan } from "../src/deploy/plan/plan.ts";
import { status } from "../src/deploy/status.ts";
import { type DeployWorld, deployWorld } from "./deploy-world.ts";
import { write } from "./world.ts";

const TREE = "tmpl/shop/_ALL_/_DEPLOY_";
let shop: DeployWorld;
const homeOf = (host: string) => shop.fleet.hosts.find(({ name }) => name === host)?.home ?? "";

beforeAll(async () => {
  shop = await deployWorld(["web1.eu"]);
  await write(shop.root, { [`${TREE}/shop/x`]: "x", [`${TREE}/seen`]: "as released" });
});
afterAll(() => shop.stopAll());

async function planned(): Promise<readonly string[]> {
  const { hosts } = await plan({ instance: "staging" }, shop.context);
  return hosts.flatMap(({ host, projects }) => projects.flatMap(({ drift }) => drift.map(({ kind, path: name }) => `${host}: ${kind} ${name}`))); // biome-ignore format: one line
}

async function snapshots(): Promise<readonly string[]> {
  const { hosts } = await status({ instance: "staging" }, shop.context);
  return hosts.flatMap(({ projects }) => projects.map(({ snapshot }) => snapshot));
}

// What a deploy saw there is in its snapshot, which vouches for what was watched, and for nothing else.
it("what was mutable or shared, and is no more, is looked at: in releases", async () => {
  await shop.define({ deploy: 'mutable: ["seen"], shared: ["uploads"],' });
  expect((await shop.deploy()).outcome).toBe("done");
  await fs.writeFile(path.join(homeOf("web1.eu"), "shop/shop/current/seen"), "written there");
  await shop.define({ deploy: 'mutable: ["seen"], shared: ["uploads"], postcmd: "true",' });
  expect((await shop.deploy()).outcome).toBe("done");
  expect([await shop.verify(), await planned(), await snapshots()]).toEqual([[], [], ["same"]]);

  await shop.define({ deploy: 'postcmd: "true",' });
  const drift = ["web1.eu: changed seen", "web1.eu: extra uploads"];
  expect([await shop.verify(), await planned(), await snapshots()]).toEqual([drift, drift, ["unknown"]]);
  expect((await shop.deploy()).outcome).toBe("done");
  expect([await shop.verify(), await planned(), await snapshots()]).toEqual([[], [], ["same"]]);
}, 60_000);

it("and in a mirror, whose folder a deploy then cleans", async () => {
  await fs.rm(path.join(homeOf("web1.eu"), "shop"), { recursive: true });
  const [mirror, mutable] = ['strategy: "mirror",', 'mutable: ["shop/cache/**", "seen"], shared: ["shop/uploads"],'];
  await shop.define({ deploy: mirror + mutable });
  expect((await shop.deploy()).outcome).toBe("done");
  const home = path.join(homeOf("web1.eu"), "shop");
  await write(home, { "shop/cache/entry": "c", "shop/uploads/one": "u", seen: "written there" });
  await shop.define({ deploy: mirror + mutable, banner: "two" });
  expect((await shop.deploy()).outcome).toBe("done");
  expect([await shop.verify(), await planned(), await snapshots()]).toEqual([[], [], ["same"]]);

  await shop.define({ deploy: mirror, banner: "three" });
  const extra = ["cache", "cache/entry", "uploads", "uploads/one"].map((name) => `web1.eu: extra shop/${name}`);
  const drift = ["web1.eu: changed seen", ...extra];
  expect([await shop.verify(), await planned(), await snapshots()]).toEqual([drift, drift, ["unknown"]]);
  expect((await shop.deploy()).outcome).toBe("done");
  expect([await shop.verify(), await planned(), await snapshots()]).toEqual([[], [], ["same"]]);
  expect(await fs.readdir(path.join(home, "shop"))).toEqual(["x"]);
}, 60_000);
