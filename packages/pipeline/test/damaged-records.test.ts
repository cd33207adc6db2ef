import fs from "node:fs/promises";
import path from "node:path";
import * as state from "@facsimile/state";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploy } from "../src/deploy/deploy.ts";
import { plan } from "../src/deploy/plan/plan.ts";
import { verify } from "../src/deploy/verify.ts";
import { init } from "../src/people/init.ts";
import { addTrust, planTrustAdd } from "../src/people/trust-add.ts";
import { planTrustRemove, removeTrust } from "../src/people/trust-remove.ts";
import { type DeployWorld, deployWorld, outcomes } from "./deploy-world.ts";
import { folder } from "./world.ts";

describe.each(["releases", "mirror"])("the record of a release on hosts, %s", { timeout: 60_000 }, (strategy) => {
  let shop: DeployWorld;
  const noting = `strategy: "${strategy}", postcmd: 'echo ran >> $HOME/trace',`;
  beforeAll(async () => {
    shop = await deployWorld(["web1.eu", "web2.eu"]);
    await shop.define({ deploy: noting });
    expect((await shop.deploy()).outcome).toBe("done");
  });
  afterAll(() => shop.stopAll());

  const wrong = async (context = shop.context) => {
    const { hosts } = await verify({ instance: "staging" }, context);
    return hosts.filter(({ problem }) => problem !== undefined).map(({ host }) => host);
  };
  const renamed = async (context = shop.context) => {
    const { hosts } = await plan({ instance: "staging" }, context);
    return hosts.filter(({ projects }) => projects.some(({ release }) => !release)).map(({ host }) => host);
  };

  it.each([
    ["its signature is empty", "release.json.asc", (file: string) => fs.writeFile(file, "")],
    ["its signature is gone", "release.json.asc", (file: string) => fs.rm(file)],
    ["a blank was added to it", "release.json", (file: string) => fs.appendFile(file, " ")],
    ["its manifest is gone", "manifest", (file: string) => fs.rm(file)],
    ["its sums are gone", "SHA256SUMS", (file: string) => fs.rm(file)],
  ])("is sent anew where %s, and nothing is restarted", async (_, name, damage) => {
    const home = shop.fleet.hosts[0]?.home ?? "";
    await damage(path.join(home, "shop/.facsimile/shop/current", name));
    expect(await wrong()).toEqual(["web1.eu"]);
    expect(await renamed()).toEqual(["web1.eu"]);
    expect(outcomes(await shop.deploy())).toEqual({ "web1.eu": "done", "web2.eu": "unchanged" });
    expect(await wrong()).toEqual([]);
    expect(await shop.read("web1.eu", "trace")).toBe("ran\n");
    expect((await shop.deploy()).outcome).toBe("unchanged");
  });

  it("is signed anew where its signer is trusted no more", async () => {
    await shop.define({ deploy: noting, banner: "two" });
    const robin = shop.context;
    const kim = { ...robin, configDir: path.join(await folder(), ".config") };
    await init(kim);
    const [robinKey, kimKey] = await Promise.all([state.openKeyring(robin), state.openKeyring(kim)]);
    await state.pinRoot({ fingerprint: robinKey.fingerprint, name: "Robin" }, kim);
    const { fingerprint } = kimKey;
    await addTrust(await planTrustAdd({ fingerprint, as: { scopes: "all" } }, robin), robin);
    expect((await deploy({ instance: "staging", yes: true }, kim)).outcome).toBe("done");
    expect([await wrong(), await renamed()]).toEqual([[], []]);
    expect((await shop.deploy()).outcome).toBe("unchanged");
    await removeTrust(await planTrustRemove({ fingerprint }, robin), robin);
    expect(await wrong()).toEqual(["web1.eu", "web2.eu"]);
    expect(await renamed()).toEqual(["web1.eu", "web2.eu"]);
    expect(outcomes(await shop.deploy())).toEqual({ "web1.eu": "done", "web2.eu": "done" });
    expect([await wrong(), await renamed()]).toEqual([[], []]);
    expect(await shop.read("web1.eu", "trace")).toBe("ran\nran\n");
  });
});
