import fs from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deploy } from "../src/deploy/deploy.ts";
import { type DeployWorld, deployWorld } from "./deploy-world.ts";

describe.each(["releases", "mirror"])("a home of another instance, %s", { timeout: 60_000 }, (strategy) => {
  let shop: DeployWorld;
  /** Another instance of the same hosts. */
  const other = (request = {}) => deploy({ instance: "other", yes: true, ...request }, shop.context);
  const owner = async () => JSON.parse((await shop.read("web1.eu", "shop/.facsimile/shop/marker")) ?? "{}").instance;
  beforeEach(async () => {
    shop = await deployWorld(["web1.eu"]);
    await shop.define({ deploy: `strategy: "${strategy}", postcmd: 'echo ran >> $HOME/trace',` });
    expect((await shop.deploy()).outcome).toBe("done");
    await fs.cp(path.join(shop.root, "define/staging.json5"), path.join(shop.root, "define/other.json5"));
  });
  afterEach(() => shop.stopAll());

  it("is not taken over unasked, also where it holds the very tree", async () => {
    const report = await other();
    expect(report).toMatchObject({
      outcome: "failed",
      hosts: [{ problem: { code: "NOT_ADOPTED", message: expect.stringContaining("belongs to shop of staging") } }],
    });
    expect(await owner()).toBe("staging");
    expect((await shop.deploy()).outcome).toBe("unchanged");
  });

  it("becomes ours with adopt, and is refused to whose it was", async () => {
    expect((await other({ adopt: true })).outcome).toBe("done");
    expect(await owner()).toBe("other");
    // Its files were right already.
    expect(await shop.read("web1.eu", "trace")).toBe("ran\n");
    expect((await other()).outcome).toBe("unchanged");
    expect((await shop.deploy()).hosts[0]?.problem?.code).toBe("NOT_ADOPTED");
  });
});
