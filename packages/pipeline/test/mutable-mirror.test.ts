import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { plan } from "../src/deploy/plan/plan.ts";
import { type DeployWorld, deployWorld } from "./deploy-world.ts";
import { write } from "./world.ts";

const DEPLOY = 'strategy: "mirror", mutable: ["cache/**", "seen", "left"],';
const TREE = "tmpl/shop/_ALL_/_DEPLOY_";
let shop: DeployWorld;
let home: string;

beforeAll(async () => {
  shop = await deployWorld(["web1.eu"]);
  home = path.join(shop.fleet.hosts[0]?.home ?? "", "shop");
  await write(shop.root, { [`${TREE}/cache/seed`]: "seed 1", [`${TREE}/seen`]: "nothing", [`${TREE}/left`]: "1" });
  await shop.define({ deploy: DEPLOY });
  expect((await shop.deploy()).outcome).toBe("done");
});
afterAll(() => shop.stopAll());

it("a plan shows of a mirror's mutable paths those alone that a deploy brings", async () => {
  await fs.writeFile(path.join(home, "cache/seed"), "changed there");
  await write(shop.root, { [`${TREE}/cache/seed`]: "seed 2", [`${TREE}/seen`]: "all", [`${TREE}/cache/fresh`]: "new" });
  await fs.rm(path.join(shop.root, TREE, "left"));
  const { hosts, files } = await plan({ instance: "staging", files: true }, shop.context);
  const changes = hosts.flatMap(({ projects }) => projects.flatMap((project) => project.changes));
  expect(changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual(["missing cache/fresh"]);
  expect(hosts[0]?.projects[0]).toMatchObject({ files: 1, bytes: 3 });
  expect(files).toEqual([]);
  expect((await shop.deploy()).outcome).toBe("done");
  const read = (file: string) => fs.readFile(path.join(home, file), "utf8");
  expect(await Promise.all(["cache/seed", "cache/fresh", "seen", "left"].map(read))).toEqual(["changed there", "new", "nothing", "1"]); // biome-ignore format: one line
});
