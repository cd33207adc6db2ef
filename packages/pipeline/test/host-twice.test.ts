import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DeployWorld, deployWorld, outcomes } from "./deploy-world.ts";

describe("one host under two names", { timeout: 60_000 }, () => {
  let shop: DeployWorld;
  /** Where ssh finds web2.eu: at the address of web1.eu, with its key. */
  const twin = async (more = "") => {
    const [first, second] = shop.fleet.hosts.map(({ address }) => address);
    await shop.define({ banner: "two", hosts: { "web2.eu": more } });
    await edit("define/staging.json5", `address: "${second}"`, `address: "${first}"`);
  };
  const edit = async (file: string, from: string | RegExp, to: string) => {
    const text = await fs.readFile(path.join(shop.root, file), "utf8");
    await fs.writeFile(path.join(shop.root, file), text.replace(from, to));
  };
  beforeAll(async () => {
    shop = await deployWorld(["web1.eu", "web2.eu"]);
    const [key = ""] = /(?<=^web1\.eu ).*$/m.exec(shop.fleet.knownHosts) ?? [];
    await edit("hosts/known_hosts", /(?<=^web2\.eu ).*$/m, key);
  });
  afterAll(() => shop.stopAll());

  it("is told as that, with both names, and not as somebody else's lock", async () => {
    await twin();
    const report = await shop.deploy();
    expect(outcomes(report)).toEqual({ "web1.eu": "not tried", "web2.eu": "failed" });
    expect(report.hosts[1]?.problem).toMatchObject({
      code: "HOST_TWICE",
      message:
        "web2.eu and web1.eu are one host: the same address, port, user and home, which this run has locked already",
    });
  });

  it("is told also where the definitions do not show it", async () => {
    await twin(`user: "${shop.fleet.user}"`);
    expect((await shop.deploy()).hosts[1]?.problem).toMatchObject({
      code: "HOST_TWICE",
      message: "web2.eu: this very run has locked shop there already, under another name of the host or of its home",
    });
  });
});
