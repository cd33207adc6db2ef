import fs from "node:fs/promises";
import path from "node:path";
import { generateKey, publishKey } from "@facsimile/state";
import { git, gitCommit } from "@facsimile/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type SecretWorld, secretWorld } from "./secret-world.ts";

let shop: SecretWorld;
beforeEach(async () => {
  shop = await secretWorld();
});
afterEach(() => shop.remove());

describe("whoever seals a scope first", () => {
  it.each([
    ["state", "set", "dev", "data_dir", "/srv"],
    ["secrets", "generate", "dev"],
    ["deploy", "dev"],
  ])("seals it for those whom the definition wishes, however it spells them: %s %s", async (...words) => {
    const kim = await generateKey({ name: "Kim", date: new Date("2026-01-02T03:04:05Z") });
    await publishKey(kim, { root: shop.root });
    const both = (await fs.readdir(path.join(shop.root, "keys"))).map((name) => name.slice(0, 40)).sort();
    const wish = both.map((name) => JSON.stringify(name.toLowerCase()));
    await shop.put("define/dev.json5", `{ home: "shop-dev", state: { recipients: [${wish}] } }`);
    await gitCommit(shop.root);
    const { code, stderr } = await shop.facs(...words);
    expect(code, stderr).toBe(0);
    expect((await shop.state("dev")).recipients).toEqual(both);
  });
});

describe("what was sealed for a local instance", () => {
  const memory = () => fs.readFile(path.join(shop.home, ".config/facsimile/memory.json"), "utf8").catch(() => "");
  const deploy = async () => {
    const { code, stderr } = await shop.facs("deploy", "dev");
    expect(code, stderr).toBe(0);
  };

  it("is remembered when it is committed and pushed, and may be given up until then", async () => {
    await git(shop.root, "init", "--bare", "--quiet", path.join(shop.dir, "remote.git"));
    await git(shop.root, "remote", "add", "origin", path.join(shop.dir, "remote.git"));
    await git(shop.root, "push", "--quiet", "--set-upstream", "origin", "main");
    await deploy();
    expect(await memory()).toBe("");
    await fs.rm(path.join(shop.root, "state/dev.json"));
    await deploy();
    await gitCommit(shop.root);
    await deploy();
    expect(await memory()).toBe("");
    await git(shop.root, "push", "--quiet");
    await deploy();
    expect(JSON.parse(await memory()).places).toEqual({ [path.join(shop.root, "state/dev.json")]: expect.any(String) });
    await fs.rm(path.join(shop.root, "state/dev.json"));
    expect(await shop.facs("deploy", "dev")).toMatchObject({
      code: 5,
      stderr: expect.stringContaining("STATE_MISSING"),
    });
  });

  it("is remembered by whoever goes on from it, deploy or not", async () => {
    await deploy();
    await gitCommit(shop.root);
    expect(await memory()).toBe("");
    expect((await shop.facsWith({ input: "x" }, "secrets", "set", "dev", "db/root")).code).toBe(0);
    expect(await memory()).toContain('"serial": 1');
  });
});
