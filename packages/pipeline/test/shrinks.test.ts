import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DeployWorld, deployWorld, outcomes } from "./deploy-world.ts";
import { write } from "./world.ts";

const ROLLING = `policy: "rolling", maxFailures: 1,`;

describe.each(["releases", "mirror"])(
  "files that no release has, with the strategy %s",
  { timeout: 60_000 },
  (strategy) => {
    let shop: DeployWorld;
    let many: string;
    beforeAll(async () => {
      shop = await deployWorld(["web1.eu", "web2.eu"]);
      await write(shop.root, { "extra/shop/_ALL_/_DEPLOY_/shop/x": "x" });
      await shop.define({ deploy: `strategy: "${strategy}", ${ROLLING}` });
      const home = shop.fleet.hosts.find(({ name }) => name === "web2.eu")?.home ?? "";
      many = path.join(home, strategy === "mirror" ? "shop/shop" : "shop/shop/current/shop");
    });
    afterAll(() => shop.stopAll());

    const fill = () => write(many, Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`more/${i}`, "precious"]))); // biome-ignore format: one line

    if (strategy === "mirror")
      it("go only when it is said, where a folder is taken over, which no plan knows", async () => {
        await fill();
        const refused = await shop.deploy({ adopt: true });
        expect(outcomes(refused)).toEqual({ "web1.eu": "not tried", "web2.eu": "failed" });
        expect(refused.hosts[1]?.problem).toMatchObject({ code: "SHRINKS", message: "web2.eu: shop would lose 30 of its 30 files" }); // biome-ignore format: one line
        expect(await fs.readdir(many)).toEqual(["more"]);
        expect(await shop.read("web1.eu", "shop/etc/banner")).toBeUndefined();
        expect((await shop.deploy({ adopt: true, allowDeletes: true })).outcome).toBe("done");
        expect(await fs.readdir(many)).toEqual(["x"]);
      });

    it("go only when it is said, also where nothing else would change", async () => {
      expect((await shop.deploy()).outcome).toMatch(/done|unchanged/);
      await fill();
      const refused = await shop.deploy();
      expect(outcomes(refused)).toEqual({ "web1.eu": "not tried", "web2.eu": "failed" });
      expect(refused.hosts[1]?.problem).toMatchObject({ code: "SHRINKS", message: expect.stringMatching(/web2\.eu: shop would lose 30 of its 3\d files; no deploy put them there/) }); // biome-ignore format: one line
      expect(await fs.readdir(many)).toEqual(["more", "x"]);
      expect((await shop.deploy({ allowDeletes: true })).outcome).toBe("done");
      expect(await shop.verify()).toEqual([]);
    });
  },
);
