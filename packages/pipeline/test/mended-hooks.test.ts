import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DeployWorld, deployWorld, outcomes } from "./deploy-world.ts";

describe("what hosts hold of a release beside its files", { timeout: 60_000 }, () => {
  let shop: DeployWorld;
  beforeAll(async () => {
    shop = await deployWorld(["web1.eu", "web2.eu"]);
  });
  afterAll(() => shop.stopAll());

  it("commands that were mended reach them, though no file changed; none runs for it, and the way back runs them", async () => {
    await shop.define({ deploy: "postcmd: 'echo one >> $HOME/trace; test ! -e $HOME/flag',", banner: "one" });
    expect((await shop.deploy()).outcome).toBe("done");
    await shop.define({ deploy: "postcmd: 'echo mended >> $HOME/trace',", banner: "one" });
    expect(outcomes(await shop.deploy())).toEqual({ "web1.eu": "done", "web2.eu": "done" });
    expect(outcomes(await shop.deploy())).toEqual({ "web1.eu": "unchanged", "web2.eu": "unchanged" });
    expect(await shop.read("web1.eu", "trace")).toBe("one\n");
    await shop.define({ deploy: "postcmd: 'touch $HOME/flag; false',", banner: "two" });
    expect((await shop.deploy()).outcome).toBe("failed");
    expect(await shop.banners()).toEqual(["one", "one"]);
    expect(await shop.read("web1.eu", "trace")).toBe("one\nmended\n");
  });

  it("a host that has another name since is told as that, and as no damage; it is deployed to anew", async () => {
    await shop.define({ banner: "three" });
    expect((await shop.deploy()).outcome).toBe("done");
    for (const file of ["define/staging.json5", "hosts/known_hosts"].map((name) => path.join(shop.root, name)))
      await fs.writeFile(file, (await fs.readFile(file, "utf8")).replaceAll("web1.eu", "web9.eu"));
    const told = await shop.verify();
    expect(told).toEqual([expect.stringMatching(/^web9\.eu: web9\.eu: release [0-9a-f]{7} of shop 1 was not made for a host of this name$/)]); // biome-ignore format: one line
    await expect(shop.rollback()).rejects.toMatchObject({ code: "HOST_NOT_MEANT" });
    const report = await shop.deploy();
    expect([report.outcome, report.undo]).toEqual(["done", undefined]);
    expect(await shop.verify()).toEqual([]);
  });
});
