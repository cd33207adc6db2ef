import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gitCommit } from "@facsimile/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { filesHolding, type World, world } from "./world.ts";

const run = promisify(execFile);

describe("facs build, releases and show", () => {
  let shop: World;
  beforeAll(async () => {
    shop = await world();
  });
  afterAll(() => shop.remove());

  const json = async (...args: string[]) => JSON.parse((await shop.facs(...args, "--json")).stdout);
  const folderOf = async (project: string) =>
    path.join(shop.root, (await json("build", "staging", project)).releases[0].folder);

  it("stop where a secret is missing, name what makes it, and write no state", async () => {
    const { code, stderr } = await shop.facs("build", "staging");
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("passwd/storefront") });
    expect(stderr).toContain("facs secrets generate staging");
    expect(await fs.readdir(path.join(shop.root, "state")).catch(() => [])).not.toContain("staging.json");
    expect(await fs.readdir(path.join(shop.root, "RELEASE")).catch(() => [])).toEqual([]);
  });

  it("seal every project without a host, and tell trees by their hosts", async () => {
    expect(await shop.facs("secrets", "generate", "staging")).toMatchObject({ code: 0 });
    await gitCommit(shop.root);
    const state = await fs.readFile(path.join(shop.root, "state/staging.json"));
    const { code, stdout, stderr } = await shop.facs("build", "staging");
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/✓ storefront 1\.0\.0 \([0-9a-f]{7}\) {3}sealed\n {4}release {2}[0-9a-f]{64}\n/);
    expect(stdout).toMatch(/tree +[0-9a-f]{7} +\d+ files, [\d.]+ kB, \d secrets? +db1\.eu$/m);
    expect(stdout).toMatch(/in +RELEASE\/staging\/ledger\/[0-9a-f]{64}/);
    expect(stdout).toContain("No host was asked. What a deploy would change: facs plan staging");
    expect(await fs.readFile(path.join(shop.root, "state/staging.json"))).toEqual(state);
    expect(await shop.facs("build", "staging")).toMatchObject({
      stdout: expect.stringContaining("was sealed before, is whole"),
    });
  });

  it("leave what sha256sum and gpg can check, without a secret in it", async () => {
    const folder = await folderOf("storefront");
    const { stdout } = await shop.facs("secrets", "get", "staging", "passwd/storefront");
    expect(await filesHolding(path.join(shop.root, "RELEASE"), [stdout.trim()])).toEqual([]);
    for (const tree of await fs.readdir(path.join(folder, "trees"))) {
      const at = path.join(folder, "trees", tree);
      const sums = await run("sha256sum", ["--check", "--ignore-missing", "--quiet", "../SHA256SUMS"], {
        cwd: `${at}/files`,
      });
      expect(sums.stdout).toBe("");
      expect((await run("sha256sum", ["manifest"], { cwd: at })).stdout.slice(0, 64)).toBe(tree);
    }
    const home = await fs.mkdtemp(path.join(shop.temp, "g"));
    const keys = (await fs.readdir(path.join(shop.root, "keys"))).filter((name) => name.endsWith(".asc"));
    const gpg = (...args: string[]) => run("gpg", ["--homedir", home, "--batch", "--status-fd", "1", ...args]);
    await gpg("--import", "--", ...keys.filter((name) => name.length === 44).map((name) => path.join(shop.root, "keys", name))); // biome-ignore format: one line
    const checked = await gpg("--verify", "--", `${folder}/release.json.asc`, `${folder}/release.json`);
    expect(checked.stdout).toContain("GOODSIG");
  });

  it("list what lies there, newest first, with who signed it and from which commit", async () => {
    const commit = (await run("git", ["rev-parse", "--short=7", "HEAD"], { cwd: shop.root })).stdout.trim();
    const { code, stdout } = await shop.facs("releases", "staging");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^[0-9a-f]{7}  (?:storefront|ledger +) +1\\.0\\.0  .* UTC .*kB  ${commit}  Robin`, "m"),
    );
    const { releases } = await json("releases", "staging", "ledger");
    expect(releases).toMatchObject([{ project: "ledger", version: "1.0.0", runsOn: [], hosts: expect.anything() }]);
    expect(await shop.facs("releases", "dev")).toMatchObject({
      code: 0,
      stdout: "dev: no release lies here. Make one: facs build dev\n",
    });
    expect(await shop.facs("releases", "dev", "ledger")).toMatchObject({ code: 0 });
    expect(await shop.facs("releases", "staging", "storefrnt")).toMatchObject({
      code: 64,
      stdout: "",
      stderr: expect.stringMatching(/UNKNOWN_PROJECT: there is no project storefrnt\n +Did you mean storefront\?/),
    });
    expect(await shop.facs("releases", "stagin")).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("staging"),
    });
  });

  it("show one by seven digits of its id or as the newest, with every path and what only hosts have", async () => {
    const { releases } = await json("releases", "staging", "storefront");
    const id: string = releases[0].release;
    const { code, stdout } = await shop.facs("show", id.slice(0, 7));
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: (await shop.facs("show", "staging/storefront")).stdout });
    expect(stdout).toContain("storefront 1.0.0 for staging\n");
    expect(stdout).toMatch(/^ {2}0600 +\d+ B +etc\/storefront\.ini {3}holds secrets: only hosts have it$/m);
    expect(stdout).toMatch(/^ {2}0755 +[\d.]+ k?B +bin\/health$/m);
    expect(stdout).toMatch(/^ {2}holds passwd\/storefront/m);
    const unknown = await shop.facs("show", "staging/storefrnt");
    expect(unknown).toMatchObject({ code: 64, stderr: expect.stringContaining("Did you mean staging/storefront?") });
    expect(await shop.facs("show", "0000000")).toMatchObject({ code: 64 });
    expect((await shop.facs("show", "../../x")).code).toBe(64);
  });

  it("compare two of them, group of hosts by group of hosts", async () => {
    const before = (await json("releases", "staging", "storefront")).releases[0].release;
    const built = await json("build", "staging", "storefront@1.1.0");
    const after = built.releases[0].release;
    const { stdout } = await shop.facs("show", before.slice(0, 12), after.slice(0, 12));
    expect(stdout).toMatch(
      /^staging\/storefront 1\.0\.0 \([0-9a-f]{7}\) → staging\/storefront 1\.1\.0 \([0-9a-f]{7}\)\n/,
    );
    expect(stdout).toMatch(/^web1\.eu web2\.eu web1\.us web2\.us db1\.us$/m);
    expect(stdout).toMatch(/^ {2}− +public\/hello\.txt +was 0644 \d+ B$/m);
    expect(stdout).toMatch(/^ {2}~ +etc\/storefront\.version +6 B → 6 B, other bytes$/m);
    const document = await json("show", before, "--diff", after);
    expect(document).toMatchObject({ schema: "show-diff/1", onlyFrom: [], onlyTo: [], hooks: expect.any(Boolean) });
    expect((await shop.facs("show", before, after, "--diff", after)).code).toBe(64);
  });

  it("say what is uncommitted, and seal it anew once a commit has it", async () => {
    const files = await folderOf("ledger");
    const release = async () => JSON.parse(await fs.readFile(path.join(files, "release.json"), "utf8"));
    const note = path.join(shop.root, "define/staging.json5");
    await fs.appendFile(note, "// a remark\n");
    await fs.rm(files, { recursive: true });
    const dirty = await shop.facs("build", "staging", "ledger");
    expect(dirty.stdout).toContain("definition with changes that no commit has");
    expect((await release()).definition).toEqual({ dirty: expect.stringMatching(/^[0-9a-f]{64}$/) });
    await gitCommit(shop.root);
    expect((await shop.facs("build", "staging", "ledger")).stdout).toMatch(/ledger .* {3}sealed\n/);
    expect((await release()).definition).toEqual({ commit: expect.any(String) });
  });

  it("notice a changed byte, a missing and an extra file, and heal them", async () => {
    const folder = await folderOf("storefront");
    const [tree = ""] = await fs.readdir(path.join(folder, "trees"));
    const at = (name: string) => path.join(folder, "trees", tree, "files", name);
    await fs.writeFile(at("etc/storefront.version"), "1.0.9\n");
    await fs.rm(at("bin/health"));
    await fs.writeFile(at("etc/extra"), "");
    const { code, stderr, stdout } = await shop.facs("show", path.basename(folder));
    expect({ code, stdout }).toMatchObject({
      code: 5,
      stdout: expect.stringContaining("storefront 1.0.0 for staging"),
    });
    expect(stderr).toMatch(/changed +etc\/storefront\.version +6 B, same size, other bytes/);
    expect(stderr).toMatch(/missing +bin\/health +not there/);
    expect(stderr).toMatch(/extra +etc\/extra/);
    const healed = await shop.facs("build", "staging", "storefront");
    expect(healed.stderr).toMatch(
      /RELEASE\/staging\/storefront\/[0-9a-f]{64} is not whole: bin\/health is not there, and \d more/,
    );
    expect(healed).toMatchObject({ code: 0, stdout: expect.stringMatching(/storefront .* {3}sealed\n/) });
    expect((await shop.facs("show", path.basename(folder))).code).toBe(0);
  });

  it("take no release for one of another project or instance, wherever its folder lies", async () => {
    const [folder, id] = [await folderOf("storefront"), path.basename(await folderOf("storefront"))];
    const elsewhere = path.join(shop.root, "RELEASE/staging/ledger", id);
    await fs.cp(folder, elsewhere, { recursive: true });
    const { code, stdout } = await shop.facs("releases", "staging", "ledger");
    const newest = await shop.facs("show", "staging/ledger");
    await fs.rm(elsewhere, { recursive: true });
    expect({ code, stdout }).toMatchObject({
      code: 5,
      stdout: expect.stringContaining(
        `it is the release ${id.slice(0, 7)} of staging/storefront, moved or copied there`,
      ),
    });
    expect(newest).toMatchObject({ code: 0, stdout: expect.stringContaining("ledger 1.0.0 for staging") });
  });

  it("trust no document that was edited, whatever its id says", async () => {
    const folder = await folderOf("ledger");
    const file = path.join(folder, "release.json");
    await fs.writeFile(file, (await fs.readFile(file, "utf8")).replace('"irreversible"', '"irreversiblf"').replace('"built": "2', '"built": "3')); // biome-ignore format: one line
    const { code, stdout } = await shop.facs("releases", "staging", "ledger");
    expect({ code, stdout }).toMatchObject({
      code: 5,
      stdout: expect.stringContaining("it is not what its signer signed"),
    });
    expect((await shop.facs("show", path.basename(folder))).code).toBe(5);
    expect(await shop.facs("build", "staging", "ledger")).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("It is sealed anew."),
    });
  });
});
