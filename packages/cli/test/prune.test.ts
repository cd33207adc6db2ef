import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SecretWorld, secretWorld } from "./secret-world.ts";
import { type FleetWorld, fleetWorld } from "./world.ts";

type Shop = Pick<FleetWorld, "root" | "facs">;
type Built = { readonly releases: readonly { readonly project: string; readonly release: string }[] };

/** Releases of one project that lie in `RELEASE/`. */
async function lying(shop: Shop, place: string): Promise<readonly string[]> {
  const names = await fs.readdir(path.join(shop.root, "RELEASE", place)).catch(() => []);
  return names.filter((name) => !name.startsWith("."));
}

async function build(shop: Shop, instance: string, banner: string): Promise<string> {
  const { stdout } = await shop.facs("build", instance, "--set", `banner=${banner}`, "--json");
  return (JSON.parse(stdout) as Built).releases.find(({ project }) => project !== "ledger")?.release ?? "";
}

describe("facs prune, of an instance on this machine", () => {
  let shop: SecretWorld;
  beforeAll(async () => {
    shop = await secretWorld({ "tmpl/shop/_ALL_/_DEPLOY_/etc/banner": '{{ instance.banner | default: "" }}\n' });
    expect((await shop.facs("deploy", "dev")).code).toBe(0);
  });
  afterAll(() => shop.remove());

  it("keeps what runs and the newest, shows what would go, and asks", async () => {
    const [running = ""] = await lying(shop, "dev/shop");
    const made = [await build(shop, "dev", "one"), await build(shop, "dev", "two"), await build(shop, "dev", "three")];
    const asked = await shop.facs("prune", "dev", "--keep", "1");
    expect([asked.code, asked.stdout]).toEqual([1, ""]);
    expect(asked.stderr).toContain("If it is right: facs prune dev --keep 1 --yes");
    expect(await lying(shop, "dev/shop")).toHaveLength(4);
    const { code, stdout, stderr } = await shop.facs("prune", "dev", "--keep", "1", "--yes");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^dev: removed 2 releases, [\d.]+ k?B\n$/)]);
    expect(stderr).toMatch(new RegExp(`^ {2}${running.slice(0, 7)} +shop +1 +runs on local$`, "m"));
    expect((await lying(shop, "dev/shop")).toSorted()).toEqual([running, made[2] ?? ""].toSorted());
    expect((await shop.facs("verify", "dev")).code).toBe(0);
    expect((await shop.facs("deploy", "dev")).code).toBe(0);
  });

  it("by default keeps as many as the definition says", async () => {
    await build(shop, "dev", "four");
    expect(await shop.facs("prune", "dev")).toMatchObject({ code: 0, stdout: "dev: nothing to remove\n" });
    await shop.put("define/dev.json5", '{ home: "shop-dev", deploy: { keep: 1 } }');
    const { stdout } = await shop.facs("prune", "dev", "--yes", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ schema: "prune/1", remove: [{ project: "shop" }], unasked: [] });
  });

  it("removes what killed runs left a day ago, and nothing younger, nor what is not ours", async () => {
    const folder = path.join(shop.root, "RELEASE/dev/shop");
    const [old, young, strange] = [".seal-old", ".seal-young", "notes"].map((name) => path.join(folder, name));
    for (const dir of [old, young, strange]) await fs.mkdir(dir ?? "");
    await fs.utimes(old ?? "", new Date(0), new Date(0));
    const { stdout } = await shop.facs("prune", "dev", "--yes");
    expect(stdout).toBe("dev: removed 0 releases and 1 leftover, 0 B\n");
    expect(await fs.readdir(folder)).toEqual(expect.arrayContaining([".seal-young", "notes"]));
    expect(await fs.readdir(folder)).not.toContain(".seal-old");
  });

  it("refuses what is no number and no instance", async () => {
    expect((await shop.facs("prune", "dev", "--keep", "many")).code).toBe(64);
    expect((await shop.facs("prune", "devv")).code).toBe(64);
  });
});

describe("facs prune, of hosts", () => {
  let shop: FleetWorld;
  beforeAll(async () => {
    shop = await fleetWorld();
    expect((await shop.facs("deploy", "staging", "--yes")).code).toBe(0);
  });
  afterAll(() => shop.remove());

  it("asks each what it runs, and keeps whatever a host may run that does not answer", async () => {
    const [running = ""] = await lying(shop, "staging/storefront");
    const made = await build(shop, "staging", "other");
    await shop.fleet.stop("web2.us");
    const kept = await shop.facs("prune", "staging", "--keep", "0", "--yes");
    expect([kept.code, kept.stdout]).toEqual([0, "staging: nothing to remove\n"]);
    expect(kept.stderr).toMatch(/storefront +1\.0\.0 +runs on web1\.eu web2\.eu web1\.us db1\.us/);
    expect(kept.stderr).toMatch(/storefront +1\.0\.0 +may run on web2\.us/);
    expect(kept.stderr).toContain("! not asked: web2.us; what they may run stays\n");
    await shop.fleet.start("web2.us");
    expect((await shop.facs("prune", "staging", "--keep", "0", "--yes")).stdout).toContain("removed 1 release,");
    expect([await lying(shop, "staging/storefront"), made === running]).toEqual([[running], false]);
  });
});
