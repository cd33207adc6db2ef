import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { git, gitCommit } from "@facsimile/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type World, world } from "./world.ts";

const FACS = fileURLToPath(new URL("../bin/facs.mjs", import.meta.url));

let shop: World;
beforeAll(async () => {
  shop = await world();
});
beforeEach(async () => {
  await git(shop.root, "checkout", "--quiet", "--", ".");
  await git(shop.root, "clean", "--quiet", "--force", "-d", "define");
});
afterAll(() => shop.remove());

const at = (file: string) => path.join(shop.root, file);
const read = (file: string) => fs.readFile(at(file), "utf8");
const put = (file: string, text: string) => fs.writeFile(at(file), text);
/** What git says is changed. */
const changed = () => git(shop.root, "status", "--porcelain");

/** A run that must change nothing. */
async function refused(...args: string[]): Promise<string> {
  const before = await changed();
  const { code, stdout, stderr } = await shop.facs(...args);
  expect({ stdout, changed: await changed() }).toEqual({ stdout: "", changed: before });
  return `${code} ${stderr}`;
}

describe("facs set", () => {
  it("changes one line of one file, and tells who sees it", async () => {
    const before = await read("define/staging.json5");
    const { code, stdout, stderr } = await shop.facs("set", "banner", "summer sale", "--in", "staging");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(`--- define/staging.json5
+++ define/staging.json5
@@ -7,5 +7,5 @@
   },
 
-  banner: "hello from staging",
+  banner: "summer sale",
 
   deploy: {

seen by staging

Written; nothing is deployed yet. Run: facs plan staging
`);
    expect(await read("define/staging.json5")).toBe(before.replace("hello from staging", "summer sale"));
    expect(await changed()).toBe("M define/staging.json5");
    expect((await shop.facs("get", "staging", "storefront", "banner")).stdout).toBe("summer sale\n");
    expect(await shop.facs("set", "banner", "summer sale", "--in", "staging")).toEqual({
      code: 0,
      stdout: "banner has this value already in define/staging.json5. Nothing was written.\n",
      stderr: "",
    });
  });

  it("tells from whom it is hidden, and writes nothing when it is only asked what would be", async () => {
    const { code, stdout } = await shop.facs("set", "banner", "x", "--in", "facsimile", "--dry-run");
    expect(code).toBe(0);
    expect(stdout.split("\n").slice(-7, -1)).toEqual([
      "seen by production for ledger",
      "hidden in dev, dev.dev0: define/dev.json5:9:11 is stronger",
      "hidden in production for storefront: define/storefront.json5:3:11 is stronger",
      "hidden in staging: define/staging.json5:9:11 is stronger",
      "",
      "Nothing was written: this is a dry run.",
    ]);
    expect(await changed()).toBe("");
  });

  it("is refused with the stronger place, and the lines there, where nobody would see it", async () => {
    await put(
      "define/production.json5",
      (await read("define/production.json5")).replace("protected:", 'banner: "p",\n  protected:'),
    );
    expect(
      await refused("set", "banner", "x", "--in", "storefront"),
    ).toBe(`1 define/dev.json5:9:11: error EDIT_HIDDEN: nobody would see banner of define/storefront.json5: define/dev.json5:9:11, define/production.json5:4:11, define/staging.json5:9:11 are stronger
   7 │ 
   8 │   home: "shop-dev",
 → 9 │   banner: "hello from my machine",
     │           ^^^^^^^^^^^^^^^^^^^^^^^
  Nothing was written. Change banner there: --in define/dev.json5
`);
  });

  it("is refused where it would make a definition wrong", async () => {
    expect(await refused("set", "deploy.keep", "many", "--in", "dev")).toMatch(
      /^1 error INVALID_VALUE: with this change to define\/dev\.json5, dev, dev\.dev0 would be wrong: deploy\.keep is .*\n {2}Nothing was written\.\n$/,
    );
    expect(await refused("set", "versions.storefront", "2", "--in", "storefront")).toMatch(
      /^1 error KEY_NOT_ALLOWED: .* dev, dev\.dev0, production, staging would be wrong|4 instances would be wrong/,
    );
    expect(await refused("set", "regions", "{$replace: {eu: {}}}", "--in", "facsimile")).toMatch(
      /^1 define\/\w+\.json5:\d+:\d+: error UNKNOWN_REGION: with this change to define\/facsimile\.json5/,
    );
  });

  it("takes values that begin with a hyphen, are empty, or are a whole map", async () => {
    const set = async (...args: string[]) => (await shop.facs("set", "--in", "dev", ...args)).code;
    expect(await set("offset", "-2")).toBe(0);
    expect(await set("offset", "--", "-1")).toBe(0);
    expect(await set("flag", "--", "--verbose")).toBe(0);
    expect(await set("empty", "")).toBe(0);
    expect(await set("log", "{level: 'debug', files: ['a']}")).toBe(0);
    expect(await set('"@region:eu".currency', "CHF")).toBe(0);
    const text = await read("define/dev.json5");
    for (const line of ["offset: -1,", 'flag: "--verbose",', 'empty: "",']) expect(text).toContain(`\n  ${line}\n`);
    const log = (await shop.facs("get", "dev", "log")).stdout;
    expect(JSON.parse(log)).toEqual({ level: "debug", files: ["a"] });
    expect(text).toMatch(/"@region:eu": \{\s*currency: "CHF"/);
    expect(await refused("set", "offset", "-x", "--in", "dev")).toMatch(/^64 error USAGE: unknown option '-x'/);
    expect((await shop.facs("set", "--help")).stdout).toContain("facs set [options] --in <layer> <key> -- <-value>");
  });

  it("says where nobody sees a view, and what looks wrong", async () => {
    const view = await shop.facs("set", '"@region:eu".currency', "CHF", "--in", "dev");
    expect(view.stdout).toContain("no change in dev, dev.dev0: no host there is in @region:eu\n\nWritten.\n");
    const { code, stderr, stdout } = await shop.facs("set", "deply", "1", "--in", "dev");
    expect(code).toBe(0);
    expect(stdout).toContain("+  deply: 1,\n");
    expect(stderr).toMatch(/^! define\/dev\.json5:\d+:3: SIMILAR_KEY: .*deply.*\n {2}Did you mean deploy\?/);
  });

  it("finds the layer by its file, from where the user stands", async () => {
    const cwd = (layer: string) => shop.facs("set", "a", "1", "--in", layer, "--dry-run");
    for (const layer of ["define/dev.dev0.json5", "./define/dev.dev0.json5", at("define/dev.dev0.json5")]) {
      expect(await cwd(layer)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("+++ define/dev.dev0.json5\n"),
      });
    }
    const args = [FACS, "set", "a", "1", "--in", "dev.dev0.json5", "--dry-run"];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: at("define"), env: shop.env });
    expect(stdout).toContain("+++ define/dev.dev0.json5\n");
  });

  it("says which layers there are", async () => {
    const layers = "Layers are facsimile, dev, dev.dev0, ledger, production, staging, storefront; or name a file.";
    expect(await refused("set", "banner", "x")).toBe(
      `64 error USAGE: in which layer?\n  facs set KEY VALUE --in LAYER\n  ${layers}\n`,
    );
    expect(await refused("unset", "banner")).toContain("facs unset KEY --in LAYER\n");
    expect(await refused("set", "banner", "x", "--in", "stagin")).toBe(
      "64 error UNKNOWN_LAYER: there is no layer stagin\n  Did you mean staging?\n",
    );
    expect(await refused("set", "banner", "x", "--in", "nothing-like-it")).toContain(layers);
    expect(await refused("set", "a b", "x", "--in", "dev")).toMatch(/^64 error BAD_PATH/);
    expect(await refused("set", "banner", "two", "words", "--in", "dev")).toMatch(
      /^64 error USAGE: too many arguments/,
    );
    expect(await refused("set", "banner", "--in", "dev")).toMatch(/^64 error USAGE: missing required argument 'value'/);
  });

  it("neither writes nor prints a secret", async () => {
    const text = await refused("set", "mail.password", "hunter2", "--in", "dev");
    expect(text).toMatch(/^1 error SECRET_IN_CLEAR: mail\.password is a secret/);
    expect(text).toContain('{$secret: "mail/password"}');
    expect(text).not.toContain("hunter2");
    const json = await shop.facs("set", "mail.password", "hunter2", "--in", "dev", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({ schema: "error/1", problems: [{ code: "SECRET_IN_CLEAR" }] });
    expect(json.stdout + json.stderr).not.toContain("hunter2");
    const reference = await shop.facs("set", "mail.password", '{$secret: "mail/dev"}', "--in", "dev");
    expect(reference.stdout).toContain('$secret: "mail/dev"');

    await put("define/dev.json5", '{\n  mail: { password: "hunter2" },\n  banner: "x",\n}\n');
    for (const more of [[], ["--json"], ["--dry-run"]]) {
      const { stdout, stderr } = await shop.facs("set", "banner", `y${more.length}${more[0]}`, "--in", "dev", ...more);
      expect(stdout).toContain("password: [hidden]");
      expect(stdout + stderr).not.toContain("hunter2");
    }
    expect((await shop.facs("unset", "mail", "--in", "dev")).stdout).toContain("-  mail: { password: [hidden] },\n");
  });

  it("gives one JSON document", async () => {
    const { stdout } = await shop.facs("set", "banner", "x", "--in", "storefront", "--json", "--dry-run");
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      schema: "edit/1",
      file: "define/storefront.json5",
      key: "banner",
      dryRun: true,
      written: false,
      warnings: [],
      unread: { instances: [], projects: [] },
    });
    expect(document.diff).toContain('-  banner: "hello",\n+  banner: "x",\n');
    expect(document.effects).toHaveLength(4);
    expect(document.effects[0]).toEqual({
      instance: "dev",
      project: "storefront",
      seen: false,
      hidden: [
        {
          path: "banner",
          by: { layer: "define/dev.json5", position: expect.objectContaining({ line: 9, column: 11 }) },
        },
      ],
    });
    expect(document.effects[2]).toEqual({ instance: "production", project: "storefront", seen: true, hidden: [] });
    const done = JSON.parse((await shop.facs("set", "banner", "x", "--in", "production", "--json")).stdout);
    expect(done).toMatchObject({ dryRun: false, written: true });
    const again = JSON.parse((await shop.facs("set", "banner", "x", "--in", "production", "--json")).stdout);
    expect(again).toMatchObject({ written: false, diff: "", effects: [] });
  });

  it("keeps a file's mode, a link and the style of YAML", async () => {
    await fs.mkdir(at("define/base"));
    await put("define/base/blue.yaml", "# ours\nbanner:   'x'   # why\n");
    await fs.chmod(at("define/base/blue.yaml"), 0o640);
    await fs.symlink("base/blue.yaml", at("define/blue.yaml"));
    expect(await shop.facs("set", "banner", "it's", "--in", "blue")).toMatchObject({ code: 0, stderr: "" });
    expect(await read("define/base/blue.yaml")).toBe("# ours\nbanner:   'it''s'   # why\n");
    expect(await fs.readlink(at("define/blue.yaml"))).toBe("base/blue.yaml");
    expect((await fs.stat(at("define/base/blue.yaml"))).mode & 0o777).toBe(0o640);
  });
});

describe("facs unset", () => {
  it("takes a value out, and tells who sees what then", async () => {
    const { code, stdout } = await shop.facs("unset", "banner", "--in", "dev");
    expect(code).toBe(0);
    expect(stdout).toContain('\n-  banner: "hello from my machine",\n');
    expect(stdout).toContain("\nseen by dev, dev.dev0\n");
    expect((await shop.facs("get", "dev", "storefront", "banner")).stdout).toBe("hello\n");
  });

  it("says that there is nothing to take out, and ends with 0", async () => {
    expect(await shop.facs("unset", "nothing.here", "--in", "dev")).toEqual({
      code: 0,
      stdout: "nothing.here is not there in define/dev.json5. Nothing was written.\n",
      stderr: "",
    });
    expect(await changed()).toBe("");
  });

  it("is refused where others rely on what would be gone", async () => {
    expect(await refused("unset", "projects.ledger", "--in", "facsimile")).toMatch(
      /UNKNOWN_PROJECT: .* would be wrong/,
    );
    expect(await refused("unset", "regions.us", "--in", "facsimile")).toMatch(/UNKNOWN_REGION/);
  });
});

describe("definitions in their source repository", () => {
  it("are edited in their one file, by the name of the instance", async () => {
    const root = path.join(shop.dir, "own");
    await fs.mkdir(path.join(root, "config"), { recursive: true });
    const text = "{\n  projects: { own: { repo: '.' } },\n  instances: {\n    beta: { banner: 'x' },\n  },\n}\n";
    await fs.writeFile(path.join(root, "config/facsimile.json5"), text);
    await git(root, "init", "--quiet");
    await gitCommit(root);
    const { code, stdout } = await shop.facs("set", "banner", "y", "--in", "beta", "--root", root);
    expect(code).toBe(0);
    expect(stdout).toContain("\n-    beta: { banner: 'x' },\n+    beta: { banner: 'y' },\n");
    expect(stdout).toContain("\nseen by beta\n\nWritten. A version has the definitions of its own tag");
    expect(await refused("set", "banner", "y", "--root", root)).toContain(
      "Layers are facsimile, beta; or name a file.",
    );
  });
});
