import fs from "node:fs/promises";
import path from "node:path";
import { gitRepository, tree } from "@facsimile/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type SecretWorld, secretWorld } from "./secret-world.ts";

// What the Python tool did with a source that carries its definitions and templates, as recorded from it; and where this
// one differs, on purpose: docs/from-python.md.

const GROUPS = {
  install: {
    groups: [
      { files: ["$SRC_DIR$/a.txt", "$SRC_DIR$/sub/b.sh"] },
      { type: "copy", files: ["$SRC_DIR$/a.txt"], optfiles: ["$SRC_DIR$/opt-yes", "$SRC_DIR$/opt-no"], pattern: "^$SRC_DIR$/(.*)$", replace: "opt/\\1" }, // biome-ignore format: one group a line
      { type: "copy", dir: "$SRC_DIR$/tree", pattern: "^$SRC_DIR$/tree", replace: "T" },
      { type: "copy", dir: "$SRC_DIR$/tree/deep", pattern: "^$SRC_DIR$/", replace: "all/" },
      { type: "copy", files: ["$SRC_DIR$/link"] },
      { type: "tmpl", dir: "tmpl", skip: "(^\\.|~$|^nope)" },
    ],
  },
};
const TMPL = "config/facsimile/tmpl";
const SOURCE = {
  "a.txt": "A\n",
  "sub/b.sh": { content: "#!/bin/sh\n", mode: 0o755 },
  "opt-yes": "Y\n",
  link: { link: "a.txt" },
  "tree/one": "1\n",
  "tree/.hidden": "h\n",
  "tree/ln": { link: "one" },
  "tree/deep/two": "2\n",
  "tree/deep/empty/.keep": "",
  "config/facsimile/facsimile.json": JSON.stringify(GROUPS),
  [`${TMPL}/_ALL_/_DEPLOY_/in-deploy`]: "d\n",
  [`${TMPL}/_ALL_/_DEPLOY_/run.sh`]: { content: "#!/bin/sh\n", mode: 0o755 },
  [`${TMPL}/_ALL_/in-release`]: "r {{ instance.home }}\n",
  [`${TMPL}/_ALL_/over`]: "all\n",
  [`${TMPL}/beta/over`]: "beta\n",
  [`${TMPL}/_ALL_/nope/x`]: "x\n",
  [`${TMPL}/_ALL_/back~`]: "b\n",
};

let shop: SecretWorld;
let source: string;
beforeEach(async () => {
  shop = await secretWorld({
    "define/facsimile.json5": '{ projects: { p: { repo: "../p" } }, versions: { p: "1.0.0" } }',
    "define/beta.json5": '{ home: "home" }',
    "define/modules.json5": "[]",
  });
  source = path.join(shop.dir, "p");
  await gitRepository(SOURCE, { root: source, tags: ["1.0.0"] });
});
afterEach(() => shop.remove());

const current = () => path.join(shop.home, "home/p/current");
/** Every path that is no folder. */
const deployed = async () => {
  const root = await fs.realpath(current());
  const entries = await fs.readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))).sort();
};
const text = (name: string) => fs.readFile(path.join(current(), name), "utf8");

describe("install groups", () => {
  it("land as they did; but links stay links, and templates outside of _DEPLOY_ reach no host", async () => {
    const { code, stderr } = await shop.facs("deploy", "beta");
    expect(code, stderr).toBe(0);
    expect(await deployed()).toEqual([
      "T/.hidden",
      "T/deep/empty/.keep",
      "T/deep/two",
      "T/ln",
      "T/one",
      "a.txt",
      "all/tree/deep/empty/.keep",
      "all/tree/deep/two",
      "b.sh",
      "etc/p.version",
      "in-deploy",
      "link",
      "opt/a.txt",
      "opt/opt-yes",
      "run.sh",
    ]);
    expect([await text("etc/p.version"), await text("T/ln"), await text("link")]).toEqual(["1.0.0\n", "1\n", "A\n"]);
    expect(await fs.readlink(path.join(current(), "link"))).toBe("a.txt");
    expect(((await fs.stat(path.join(current(), "b.sh"))).mode & 0o777).toString(8)).toBe("755");
  });

  it("render what lands nowhere when it is asked for, the instance's over that of all, and skip what they skipped", async () => {
    expect((await shop.facs("render", "beta", "p", "in-release")).stdout).toBe("r home\n");
    expect((await shop.facs("render", "beta", "p", "over")).stdout).toBe("beta\n");
    for (const skipped of ["nope/x", "back~"]) expect((await shop.facs("render", "beta", "p", skipped)).code).toBe(1);
  });

  it("tell a file that is missing and a type that is none, with their places, and deploy nothing", async () => {
    await tree({ "config/facsimile/facsimile.json": JSON.stringify({ install: { groups: [{ files: ["$SRC_DIR$/none"] }] } }) }, { root: source }); // biome-ignore format: one line
    const missing = await shop.facs("plan", "beta", "--src-dir", source);
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringMatching(/facsimile\.json:1:\d+: error INSTALL_MISSING/)]); // biome-ignore format: one line
    await tree({ "config/facsimile/facsimile.json": JSON.stringify({ install: { groups: [{ type: "scopy" }] } }) }, { root: source }); // biome-ignore format: one line
    const wrong = await shop.facs("plan", "beta", "--src-dir", source);
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/facsimile\.json:1:\d+: error \w+: .*"tmpl" or "copy"/)]); // biome-ignore format: one line
    expect(await fs.readdir(shop.home)).not.toContain("home");
  });
});

describe("stages", () => {
  it("end where they are told to; a second run notices that the tag was moved, which went unseen", async () => {
    expect((await shop.facs("deploy", "beta", "--end", "checkout")).stdout).toContain("p 1.0.0: checkout\n");
    expect((await shop.facs("deploy", "beta", "--end", "install")).code).toBe(0);
    expect(await fs.readdir(shop.home)).not.toContain("home");
    for (const [words, why] of [
      [["--start", "deploy", "--end", "build"], "no stage is left"],
      [["--only", "build", "--end", "deploy"], "--only"],
      [["--only", "nosuch"], "there is no stage nosuch"],
    ] as const) {
      expect(await shop.facs("deploy", "beta", ...words)).toMatchObject({
        code: 64,
        stderr: expect.stringContaining(why),
      });
    }
    await fs.rm(source, { recursive: true });
    await gitRepository({ ...SOURCE, "a.txt": "MOVED\n" }, { root: source, tags: ["1.0.0"] });
    const { code, stderr } = await shop.facs("deploy", "beta");
    expect([code, stderr]).toEqual([5, expect.stringContaining("TAG_MOVED")]);
  });
});

describe("--src-dir", () => {
  it("takes the folder as it lies there, and is called a development release everywhere", async () => {
    await tree({ "a.txt": "B\n" }, { root: source });
    expect((await shop.facs("deploy", "beta", "--src-dir", source)).stdout).toContain("p 1.0.0+dev");
    expect([await text("a.txt"), await text("etc/p.version")]).toEqual(["B\n", "1.0.0+dev\n"]);
    const none = await shop.facs("deploy", "beta", "--src-dir", "nosuch");
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining("nosuch")]);
  });
});
