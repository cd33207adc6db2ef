import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DeployWorld, deployWorld } from "./deploy-world.ts";

describe("files that are edited by hand and put right, again and again", { timeout: 60_000 }, () => {
  let shop: DeployWorld;
  beforeAll(async () => {
    shop = await deployWorld(["web1.eu"]);
  });
  afterAll(() => shop.stopAll());

  it("take the place of no older release", async () => {
    for (const banner of ["one", "two"]) {
      await shop.define({ banner, deploy: "keep: 1," });
      expect((await shop.deploy()).outcome).toBe("done");
    }
    const base = path.join(shop.fleet.hosts[0]?.home ?? "", "shop/shop");
    for (const _ of [1, 2, 3]) {
      await fs.appendFile(path.join(base, "current/etc/banner"), "edited");
      expect((await shop.deploy()).outcome).toBe("done");
      expect(await shop.banners()).toEqual(["two"]);
    }
    // The older one, the one that runs, and the one before it was put right.
    expect(await fs.readdir(path.join(base, "releases"))).toHaveLength(3);
    expect((await shop.rollback()).outcome).toBe("done");
    expect(await shop.banners()).toEqual(["one"]);
    expect(await shop.verify()).toEqual([]);
  });
});
