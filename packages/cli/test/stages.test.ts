import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type World, world } from "./world.ts";

const STAGES = `stages: ["checkout", "build", { name: "test", run: ["test -e dist && echo tested >> ../tests"] },
  "install", { name: "scan", run: ["echo scanned >> ../scans"] }, "deploy"]`;

describe("stages and working trees", () => {
  let shop: World;
  beforeAll(async () => {
    shop = await world();
    await shop.edit(
      "define/facsimile.json5",
      'ledger: { repo: "sources/ledger"',
      `ledger: { ${STAGES}, repo: "sources/ledger"`,
    );
  });
  afterAll(() => shop.remove());
  const built = async (file: string) => fs.readFile(path.join(shop.root, "BUILD/dev", file), "utf8").catch(() => "");
  const isDeployed = async () => (await fs.readdir(shop.home)).includes("shop-dev");

  it("run up to the one that is named, and nothing is deployed", async () => {
    expect(await shop.facs("deploy", "dev", "ledger", "--end", "test")).toMatchObject({
      code: 0,
      stdout: "dev: done, and nothing was deployed\n  ledger 1.0.0: checkout, build, test\n",
    });
    expect([await built("tests"), await built("scans"), await isDeployed()]).toEqual(["tested\n", "", false]);
    expect(await shop.facs("deploy", "dev", "ledger", "--only", "scan")).toMatchObject({ code: 0 });
    expect([await built("tests"), await built("scans"), await isDeployed()]).toEqual(["tested\n", "scanned\n", false]);
  });

  it("leave the build as it is when they end before it", async () => {
    expect(await shop.facs("deploy", "dev", "ledger", "--end", "checkout")).toMatchObject({ code: 0 });
    expect(await fs.readdir(path.join(shop.root, "BUILD/dev/ledger-1.0.0"))).toContain("dist");
  });

  it("end with the seal for facs build, or before it", async () => {
    expect(await shop.facs("build", "dev", "ledger", "--only", "build")).toMatchObject({
      code: 0,
      stdout: "dev: done, and nothing was sealed\n  ledger 1.0.0: build\n",
    });
    expect(await shop.facs("build", "dev", "ledger", "--end", "deploy")).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("facs build deploys nothing"),
    });
    expect(await shop.facs("build", "dev", "ledger", "--end", "instal")).toMatchObject({ code: 64 });
    expect(await isDeployed()).toBe(false);
  });

  it("are refused when there are none of that name, or none is left", async () => {
    const told = async (...args: string[]) => {
      const { code, stderr } = await shop.facs("deploy", "dev", "ledger", ...args);
      return `${code} ${stderr}`;
    };
    expect(await told("--end", "instal")).toMatch(/^64 [\s\S]*there is no stage instal[\s\S]*Did you mean install\?/);
    expect(await told("--start", "deploy", "--end", "build")).toMatch(/^64 [\s\S]*no stage is left/);
    expect(await told("ledger@1.0.0")).toMatch(/^64 [\s\S]*USAGE: ledger is named twice/);
    expect(await told("--only", "build", "--end", "deploy")).toMatch(/^64 [\s\S]*--only names the one stage/);
  });

  it("stop the deploy before anything is touched when one fails", async () => {
    await shop.edit("define/facsimile.json5", "echo scanned >> ../scans", "echo not good; exit 9");
    const { code, stderr } = await shop.facs("deploy", "dev", "ledger");
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /define\/facsimile\.json5:\d+:\d+[\s\S]*ledger: `echo not good; exit 9` exited 9\n *not good/,
    );
    expect(await isDeployed()).toBe(false);
    expect(await fs.readdir(shop.root)).not.toContain("state");
  });

  it("a working tree is deployed as a development release, and named so in plan, report, version file and release", async () => {
    await shop.edit("define/facsimile.json5", "echo not good; exit 9", "true");
    const dir = path.join(shop.dir, "work");
    await fs.cp(path.join(shop.root, "sources/ledger"), dir, { recursive: true });
    await fs.writeFile(path.join(dir, "NEW"), "uncommitted\n");
    const from = ["--src-dir", "../work"];
    const plan = await shop.facs("plan", "dev", "ledger", ...from);
    expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining("ledger  new → 1.0.0+dev") });
    expect(plan.stderr).toContain(`checkout ledger 1.0.0+dev from ${dir}: a development release`);
    await shop.facs("secrets", "generate", "dev");
    const sealed = await shop.facs("build", "dev", "ledger", ...from);
    expect(sealed).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/ledger 1\.0\.0\+dev[\s\S]*source a working tree/),
    });
    const { code, stdout } = await shop.facs("deploy", "dev", "ledger", ...from);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("ledger 1.0.0+dev (") });
    const home = path.join(shop.home, "shop-dev");
    expect(await fs.readFile(path.join(home, "ledger/current/etc/ledger.version"), "utf8")).toBe("1.0.0+dev\n");
    const release = await fs.readFile(path.join(home, ".facsimile/ledger/current/release.json"), "utf8");
    expect(JSON.parse(release)).toMatchObject({
      version: "1.0.0+dev",
      source: { dirty: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(await fs.readFile(path.join(shop.root, "define/dev.json5"), "utf8")).not.toContain("+dev");
    expect(await shop.facs("plan", "dev", "ledger")).toMatchObject({
      stdout: expect.stringContaining("1.0.0+dev → 1.0.0"),
    });
  });
});
