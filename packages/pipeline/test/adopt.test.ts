import fs from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deploy } from "../src/deploy/deploy.ts";
import { rollback } from "../src/deploy/rollback/rollback.ts";
import { status } from "../src/deploy/status.ts";
import { verify } from "../src/deploy/verify.ts";
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

describe("a home that was taken over, and taken back", { timeout: 60_000 }, () => {
  let shop: DeployWorld;
  beforeEach(async () => {
    shop = await deployWorld(["web1.eu", "web2.eu"]);
    for (const banner of ["one", "two"]) {
      await shop.define({ banner });
      expect((await shop.deploy()).outcome).toBe("done");
    }
    const staging = await fs.readFile(path.join(shop.root, "define/staging.json5"), "utf8");
    await fs.writeFile(path.join(shop.root, "define/other.json5"), staging.replace('"two"', '"other"'));
  });
  afterEach(() => shop.stopAll());

  const adopt = () => deploy({ instance: "other", yes: true, adopt: true }, shop.context);

  it("names no way back to what another instance ran, and is told as the other's", async () => {
    const report = await adopt();
    expect(report.outcome).toBe("done");
    expect(report.undo).toBeUndefined();
    const [ours, others] = await Promise.all(["staging", "other"].map((instance) => status({ instance }, shop.context))); // biome-ignore format: one line
    for (const { projects } of ours?.hosts ?? [])
      expect(projects).toMatchObject([{ owner: { instance: "other", project: "shop" }, release: undefined, confirmed: false }]); // biome-ignore format: one line
    for (const { projects } of others?.hosts ?? [])
      expect(projects).toMatchObject([{ release: report.projects[0]?.release, confirmed: true }]);
    const checked = await verify({ instance: "staging" }, shop.context);
    expect(checked.hosts[0]?.problem).toMatchObject({
      message: "web1.eu: it holds a release of shop for other",
      hint: expect.stringMatching(/^Another instance has the place.* facs deploy staging --adopt$/),
    });
  });

  it("goes back for neither to what is the other's: it is refused, or has no older release", async () => {
    await adopt();
    expect((await shop.rollback()).hosts).toMatchObject(
      ["web1.eu", "web2.eu"].map((host) => ({
        host,
        outcome: "failed",
        problem: { code: "NOT_ADOPTED", hint: expect.stringContaining("facs deploy staging --adopt") },
      })),
    );
    const back = (words: string[] = []) => rollback({ instance: "other", yes: true, words }, shop.context);
    await expect(back()).rejects.toMatchObject({ code: "NO_OLDER_RELEASE" });
    expect(await shop.banners()).toEqual(["other", "other"]);
  });

  it("that was taken back goes back past what the other ran meanwhile", async () => {
    const other = (await adopt()).projects[0]?.release?.slice(0, 7) ?? "";
    const again = await shop.deploy({ adopt: true });
    expect(again.outcome).toBe("done");
    expect(again.undo).toBeUndefined();
    for (const { projects } of (await status({ instance: "staging" }, shop.context)).hosts)
      expect(projects[0]?.history.map(({ instance }) => instance)).toEqual(["staging", "staging", "other", "staging"]);
    await expect(shop.rollback({ words: [other] })).rejects.toMatchObject({
      code: "UNKNOWN_RELEASE",
      message: `shop 1 (${other}) is a release of other, which had the place then`,
    });
    expect((await shop.rollback()).outcome).toBe("done");
    expect(await shop.banners()).toEqual(["one", "one"]);
  });

  it("and, where that rollback was killed after its switch, comes to its end, and no further", async () => {
    const links = shop.fleet.hosts.flatMap(({ home }) => ["shop/current", ".facsimile/shop/current"].map((link) => path.join(home, "shop", link))); // biome-ignore format: one line
    const before = await Promise.all(links.map((link) => fs.readlink(link)));
    await adopt();
    await shop.define({ banner: "three" });
    expect((await shop.deploy({ adopt: true })).outcome).toBe("done");
    for (const [i, link] of links.entries()) {
      await fs.rm(link);
      await fs.symlink(before[i] ?? "", link);
    }
    expect((await shop.rollback()).outcome).toBe("done");
    expect(await shop.banners()).toEqual(["two", "two"]);
  });
});
