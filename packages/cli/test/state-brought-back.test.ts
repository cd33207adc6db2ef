import fs from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { FILE, type StateWorld, set, setting, stateWorld } from "./state-world.ts";

// Files that were good once.

let shop: StateWorld;
beforeEach(async () => {
  const made = await stateWorld();
  shop = made;
  onTestFinished(() => made.remove());
  await shop.make({ passwords: ["a"] });
  await shop.change(set("db/root", "one"));
  await shop.change(set("db/root", "two"));
});

const state = (...args: string[]) => shop.facs("state", ...args);
const verify = (...args: string[]) => state("verify", ...(args.length > 0 ? args : ["dev"]));
const rootOf = async () => (await shop.facs("secrets", "get", "dev", "db/root")).stdout;

describe("facs state verify", () => {
  it("notices an older file by git's history, though this user remembers nothing", async () => {
    await shop.git("checkout", "--quiet", "HEAD~1", "--", FILE);
    const { code, stdout } = await verify();
    expect([code, stdout]).toEqual([5, expect.stringContaining("is of serial 2, but git has had serial 3 here")]);
    await shop.git("commit", "--quiet", "-m", "a revert, as it were");
    expect((await verify()).code).toBe(5);
  });

  it("remembers what it found good and committed: an older one is then refused everywhere", async () => {
    expect((await verify()).code).toBe(0);
    await shop.git("reset", "--quiet", "--hard", "HEAD~1");
    const { code, stderr } = await shop.facs("secrets", "generate", "dev");
    expect([code, stderr]).toEqual([5, expect.stringContaining("STATE_ROLLED_BACK")]);
    expect(stderr).toContain("facs state seal dev --accept-rollback");
    const read = await shop.facs("secrets", "get", "dev", "db/root");
    expect(read).toMatchObject({ code: 0, stderr: expect.stringContaining("facs state seal dev --accept-rollback") });
  });

  it("is not led astray by a file that claims a high serial and is not signed", async () => {
    const good = await shop.text();
    await fs.writeFile(shop.file, good.replace('"serial": 3', '"serial": 99'));
    await shop.commit("a lie");
    await fs.writeFile(shop.file, good);
    await shop.commit("the truth");
    expect((await verify()).code).toBe(0);
  });

  it("tells of all states also those that are gone, by git or by memory", async () => {
    expect((await verify("--all")).code).toBe(0);
    await fs.rm(shop.file);
    expect(await verify("--all")).toMatchObject({ code: 5, stdout: expect.stringContaining("STATE_MISSING") });
    await shop.commit("gone");
    expect(await verify("--all")).toMatchObject({ code: 5, stdout: expect.stringContaining("STATE_MISSING") });
    await fs.rm(path.join(shop.env["FACS_CONFIG_DIR"] ?? "", "memory.json"));
    await shop.git("reset", "--quiet", "--hard", "HEAD~1");
    await fs.rm(shop.file);
    expect((await verify("--all")).stdout).toContain("NO_STATE");
  });

  it("takes a sealed merge for sealed before git is told so", async () => {
    await shop.git("checkout", "--quiet", "-b", "side", "HEAD~1");
    await shop.change(set("db/root", "theirs"));
    await shop.git("checkout", "--quiet", "main");
    await shop.git("merge", "--no-edit", "side");
    expect((await state("seal", "dev")).stderr).toContain("STATE_CLASH");
    expect((await verify()).code).toBe(5);
    expect((await state("seal", "dev", "--ours")).code).toBe(0);
    expect(await verify()).toMatchObject({ code: 0, stdout: expect.stringContaining("serial 4") });
    expect((await state("seal", "dev")).stdout).toContain("is sealed: there is nothing to join");
    expect(await rootOf()).toBe("two");
  });
});

describe("facs state seal --accept-rollback", () => {
  it("makes an older file the newest, above all that others may have seen", async () => {
    expect((await verify()).code).toBe(0);
    await shop.git("checkout", "--quiet", "HEAD~1", "--", FILE);
    const { code, stdout } = await state("seal", "dev", "--accept-rollback");
    expect([code, stdout]).toEqual([0, expect.stringContaining(`${FILE}: sealed as the newest, serial 4;`)]);
    expect(await rootOf()).toBe("one");
    await shop.commit("taken back");
    expect((await verify()).code).toBe(0);
    expect((await shop.facs("secrets", "generate", "dev")).code).toBe(0);
  });

  it("goes above git's history where this user remembers nothing, and leaves alone what is well", async () => {
    const before = await shop.text();
    expect((await state("seal", "dev", "--accept-rollback")).stdout).toContain("there is nothing to join");
    expect(await shop.text()).toBe(before);
    await shop.git("checkout", "--quiet", "HEAD~2", "--", FILE);
    const { stdout } = await state("seal", "dev", "--accept-rollback", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ sealed: true, serial: 4 });
    expect((await verify()).code).toBe(0);
  });
});

describe("what is no setting", () => {
  it("a value that is a secret, whole or in part, and a name that a secret has", async () => {
    await shop.change(set("db/root", "a-secret-value"), setting("dir", "/srv"));
    const before = await shop.text();
    for (const [name, value] of [
      ["copy", "a-secret-value"],
      ["url", "postgres://u:a-secret-value@db"],
      ["db/root", "x"],
    ] as const) {
      // biome-ignore format: a table
      const { code, stdout, stderr } = await state("set", "dev", name, value);
      expect([code, stderr]).toEqual([1, expect.stringContaining("SETTING_SECRET")]);
      expect(stdout + stderr).not.toContain("a-secret-value");
    }
    expect(await shop.text()).toBe(before);
  });
});
