import fs from "node:fs/promises";
import path from "node:path";
import { readTree } from "@facsimile/testing";
import { describe, expect, it } from "vitest";
import { outline } from "../src/instance/outline-of.ts";
import { provenanceOf } from "../src/sources/checkout.ts";
import { prepare } from "../src/sources/prepare.ts";
import { takeWorkingTree } from "../src/sources/working-tree.ts";
import { carriedContextOf, contextOf, folder, git, repository, write } from "./world.ts";

async function world() {
  const root = await folder();
  const dir = await repository(path.join(root, "work"), { ".gitignore": "*.o\n", text: "1", gone: "" }, "1.0.0");
  const context = contextOf(root);
  const take = (more = {}) => takeWorkingTree({ project: "shop", version: "1.0.0+dev", dir, ...more }, context);
  const taken = async () => (await fs.readdir((await take()).dir, { recursive: true })).sort();
  return { root, dir, context, take, taken };
}

describe("a working tree", () => {
  it("is taken with what is not committed, and without what git ignores, as it was at that time", async () => {
    const { root, dir, take, taken } = await world();
    await write(dir, { text: "2", "new/a b": "x", "made.o": "" });
    await fs.rm(path.join(dir, "gone"));
    await fs.symlink("text", path.join(dir, "link"));
    await fs.chmod(path.join(dir, "text"), 0o755);
    const before = await readTree(dir);
    const found = await take();
    expect(await readTree(dir)).toEqual(before);
    expect(await taken()).toEqual([".gitignore", "link", "new", "new/a b", "text"]);
    expect(path.relative(root, found.dir)).toBe(`SRC/shop-1.0.0+dev-${found.commit.slice(0, 12)}`);
    expect(provenanceOf(found)).toEqual({ dirty: found.commit });
    await write(dir, { text: "3" });
    expect(await fs.readFile(path.join(found.dir, "text"), "utf8")).toBe("2");
    expect((await fs.stat(path.join(found.dir, "text"))).mode & 0o100).toBe(0o100);
    expect((await take()).commit).not.toBe(found.commit);
    await write(dir, { text: "2" });
    expect((await take()).commit).toBe(found.commit);
  });

  it("is refused with every name that is not UTF-8, whether git is there or not", async () => {
    const { dir, take } = await world();
    await fs.writeFile(Buffer.concat([Buffer.from(`${dir}/caf`), Buffer.from([0xe9])]), "");
    const wrong = { code: "TREE_BAD_PATH", message: `the name of ${dir}/caf\\xe9 is not in UTF-8` };
    await expect(take()).rejects.toMatchObject(wrong);
    await fs.rm(path.join(dir, ".git"), { recursive: true });
    await expect(take()).rejects.toMatchObject(wrong);
  });

  it("is taken with its submodules, and with repositories in it that git was not told of", async () => {
    const { root, dir, taken } = await world();
    await repository(path.join(root, "part"), { ".gitignore": "*.o\n", inner: "1" }, "1");
    git(dir, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../part", "part");
    await repository(path.join(dir, "other"), { inner: "2" }, "1");
    await write(dir, { "part/new": "", "part/x.o": "" });
    expect(await taken()).toEqual(expect.arrayContaining(["part/inner", "part/new", "other/inner"]));
    expect((await taken()).filter((name) => /\.o$|\.git$/.test(name))).toEqual([]);
  });

  it("is taken whole where no git is, and where the repository above ignores it", async () => {
    const { root, dir, take } = await world();
    await write(root, { "plain/a.o": "", "plain/b/c": "" });
    const plain = await take({ dir: path.join(root, "plain") });
    expect((await fs.readdir(plain.dir, { recursive: true })).sort()).toEqual(["a.o", "b", "b/c"]);
    await write(dir, { ".gitignore": "sub/\n", "sub/x": "" });
    expect(await fs.readdir((await take({ dir: path.join(dir, "sub") })).dir)).toEqual(["x"]);
  });

  it("that is not there is told", async () => {
    const { take } = await world();
    await expect(take({ dir: "/no/such" })).rejects.toMatchObject({
      code: "NO_SOURCE",
      hint: expect.stringContaining("--src-dir"),
    });
  });
});

describe("--src-dir", () => {
  const files = {
    "define/facsimile.json5":
      "{ projects: { shop: { repo: 'none' }, other: { repo: 'none' } }, home: 'shop', build: { run: ['cp text made'] } }",
    "define/dev.json5": "{ versions: { shop: '1.0.0' } }",
    "define/live.json5": "{ protected: true, versions: { shop: '1.0.0' } }",
    "define/bare.json5": "{}",
  };

  it("makes a development release of the version that the definition has, or of none; the definition stays", async () => {
    const { root, dir, context } = await world();
    await write(root, files);
    const prepared = async (instance: string, ...projects: string[]) => {
      const outlined = await outline({ instance, projects, srcDir: dir }, context);
      const [one] = await prepare(outlined, context);
      return { outlined, one };
    };
    const { outlined, one } = await prepared("dev", "shop");
    expect(one).toMatchObject({
      version: "1.0.0+dev",
      edited: false,
      build: path.join(root, "BUILD/dev/shop-1.0.0+dev"),
    });
    expect(outlined.definition.values.versions).toEqual({ shop: "1.0.0+dev" });
    expect(await fs.readFile(path.join(one?.build ?? "", "made"), "utf8")).toBe("1");
    expect((await prepared("bare", "shop")).one).toMatchObject({ version: "dev" });
    expect((await prepared("dev", "shop@1.2.0")).one).toMatchObject({ version: "1.2.0+dev", edited: false });
    expect(context.events.filter(({ type }) => type === "checkout")).toContainEqual(
      expect.objectContaining({ version: "1.0.0+dev", from: dir }),
    );
  });

  it("is refused for several projects, and by a protected instance, which refuses a branch too", async () => {
    const { root, dir, context } = await world();
    await write(root, { ...files, "define/live.json5": "{ protected: true, versions: { shop: 'main' } }" });
    await write(root, { "define/facsimile.json5": files["define/facsimile.json5"].replaceAll("'none'", "'work'") });
    await expect(outline({ instance: "dev", srcDir: dir }, context)).rejects.toMatchObject({
      code: "USAGE",
      hint: "Name it: shop, other.",
    });
    const protectedOne = await outline({ instance: "live", projects: ["shop"], srcDir: dir }, context);
    await expect(prepare(protectedOne, context)).rejects.toMatchObject({
      code: "SOURCE_NOT_FIXED",
      message: "live is protected, and the sources of shop are a working tree",
    });
    const branch = await outline({ instance: "live", projects: ["shop"] }, context);
    const commit = git(dir, "rev-parse", "HEAD").slice(0, 12);
    await expect(prepare(branch, context)).rejects.toMatchObject({
      code: "SOURCE_NOT_FIXED",
      message: "live is protected, and main of shop is a branch, which moves",
      hint: expect.stringContaining(`shop@${commit}`),
    });
    const both = await outline({ instance: "live", projects: ["shop", "other@main"] }, context);
    await expect(prepare(both, context)).rejects.toMatchObject({
      problems: ["shop", "other"].map((name) => ({
        message: `live is protected, and main of ${name} is a branch, which moves`,
      })),
    });
    const byId = await outline({ instance: "live", projects: [`shop@${commit}`] }, context);
    expect(await prepare(byId, context)).toMatchObject([{ source: { kind: "commit" } }]);
  });

  it("takes the definitions of the working tree too, where a repository carries its own", async () => {
    const root = await folder();
    const definition =
      "{ projects: { shop: { repo: '.' } }, home: 'shop', banner: 'first', instances: { beta: { versions: { shop: '1.0.0' } } } }";
    await repository(root, { "config/facsimile.json5": definition, text: "1", ".gitignore": ".facsimile\n" }, "1.0.0");
    await write(root, { "config/facsimile.json5": definition.replace("first", "second"), text: "2" });
    const context = carriedContextOf(root);
    const outlined = await outline({ instance: "beta", srcDir: root }, context);
    expect(outlined.definition.values).toMatchObject({ banner: "second", versions: { shop: "1.0.0+dev" } });
    const [one] = await prepare(outlined, context);
    expect(await fs.readFile(path.join(one?.source.dir ?? "", "text"), "utf8")).toBe("2");
    expect(one?.source.kind).toBe("working tree");
  });
});

describe("stages", () => {
  it("that begin after the checkout ask no repository, and miss what was never checked out", async () => {
    const { root, context, dir } = await world();
    await write(root, {
      "define/facsimile.json5": "{ projects: { shop: { repo: 'work' } }, home: 'shop' }",
      "define/dev.json5": "{ versions: { shop: '1.0.0' } }",
    });
    const prepared = async (stages: object) => prepare(await outline({ instance: "dev", stages }, context), context);
    await expect(prepared({ start: "build" })).rejects.toMatchObject({
      code: "STAGE_NOT_DONE",
      message: "shop 1.0.0: the stage checkout has not been done here",
    });
    await prepared({ end: "checkout" });
    await fs.rename(dir, `${dir}-gone`);
    expect(await prepared({ only: "install" })).toMatchObject([{ source: { kind: "tag" } }]);
    expect(context.events.filter(({ type }) => type === "warning")).toEqual([]);
  });
});
