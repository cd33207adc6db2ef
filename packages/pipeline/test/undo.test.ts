import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DeployWorld, deployWorld } from "./deploy-world.ts";

const ALL = { projects: [], hosts: [] };

describe("the way back that a deploy names", { timeout: 60_000 }, () => {
  let shop: DeployWorld;
  beforeAll(async () => {
    shop = await deployWorld(["web1.eu", "web2.eu", "web1.us"], { projects: ["till", "shop"] });
  });
  afterAll(() => shop.stopAll());

  const deployed = async (request?: Parameters<DeployWorld["deploy"]>[0]) => {
    const report = await shop.deploy(request);
    expect(report.outcome).toMatch(/done|unchanged/);
    return report;
  };

  it("is none after the first deploy, nor after one that changes nothing", async () => {
    await shop.define({ banner: "one" });
    expect((await deployed()).undo).toBeUndefined();
    expect((await deployed()).undo).toBeUndefined();
  });

  it("is the whole instance where all of it was switched, and leads back", async () => {
    await shop.define({ banner: "two" });
    expect((await deployed()).undo).toEqual(ALL);
    expect((await shop.rollback()).outcome).toBe("done");
    expect(await shop.banners()).toEqual(["one", "one", "one"]);
  });

  it("names the hosts and projects that were switched: of others it would take back what this run did not bring", async () => {
    await shop.define({ banner: "three" });
    const some = await deployed({ projects: ["shop"], filter: { regions: ["eu"] } });
    expect(some.undo).toEqual({ projects: ["shop"], hosts: ["web1.eu", "web2.eu"] });
    const rest = await deployed();
    // The hosts in eu got one project, the other one both.
    expect(rest.undo).toBeUndefined();
    await shop.define({ banner: "four" });
    expect((await deployed()).undo).toEqual(ALL);
  });

  it("is none where a file that was edited by hand would keep the host from going back", async () => {
    const [first] = shop.fleet.hosts;
    await fs.appendFile(path.join(first?.home ?? "", "shop/shop/current/etc/banner"), "edited");
    await shop.define({ banner: "five" });
    expect((await deployed()).undo).toBeUndefined();
    await expect(shop.rollback()).resolves.toMatchObject({ outcome: "failed" });
  });

  it("is none where what was edited is only put right: a rollback would go further back", async () => {
    const [first] = shop.fleet.hosts;
    await fs.appendFile(path.join(first?.home ?? "", "shop/shop/current/etc/banner"), "edited");
    expect((await deployed()).undo).toBeUndefined();
  });

  it("is none past an irreversible command", async () => {
    await shop.define({ banner: "six", deploy: `postcmd: { run: "true", irreversible: true },` });
    expect((await deployed()).undo).toBeUndefined();
  });

  it("is of the hosts that were brought over, where a rolling run stopped behind them", async () => {
    const rolling = `policy: "rolling", waves: [{ regions: ["eu"] }], health: { run: "test ! -e $HOME/unwell", retries: 0 },`;
    await shop.define({ banner: "half", deploy: rolling });
    await shop.mark("web1.us", "unwell");
    const report = await shop.deploy();
    expect(report).toMatchObject({ outcome: "partial", undo: { projects: [], hosts: ["web1.eu", "web2.eu"] } });
    expect(await shop.rollback({ filter: { hosts: report.undo?.hosts ?? [] } })).toMatchObject({ outcome: "done" });
    expect(await shop.banners()).toEqual(["six", "six", "six"]);
    await shop.mark("web1.us", "unwell", false);
  });

  it("leads back once, and no further, where hosts keep one release beside the one that runs", async () => {
    for (const banner of ["seven", "eight"]) {
      await shop.define({ banner, deploy: "keep: 1," });
      expect((await deployed()).undo).toEqual(ALL);
    }
    await expect(shop.rollback()).resolves.toMatchObject({ outcome: "done" });
    await expect(shop.rollback()).rejects.toMatchObject({ message: expect.stringContaining("does not hold") });
  });
});
