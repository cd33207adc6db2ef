import fs from "node:fs/promises";
import path from "node:path";
import { createExec } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { definitionTexts } from "../src/instance/revision.ts";
import { commit, contextOf, folder, git, repository, write } from "./world.ts";

const BASE = { "define/facsimile.json5": "{}", "define/staging.yaml": "debug: true\n" };

/** A conglomerate in git, tagged `one`. */
async function world(files: Readonly<Record<string, string>> = BASE, below = ".") {
  const top = await folder();
  const placed = Object.fromEntries(Object.entries(files).map(([name, text]) => [path.join(below, name), text]));
  await repository(top, placed, "one");
  const root = path.join(top, below);
  const read = async (ref: string) => Object.fromEntries(await definitionTexts({ root, ref }, contextOf(root)));
  return { top, root, read };
}

describe("definitionTexts", () => {
  it("gives the definition files as they were, by their path from the root", async () => {
    const { root, read } = await world();
    await write(root, { "define/staging.yaml": "debug: false\n", "define/new.json": "{}" });
    await fs.rm(path.join(root, "define/facsimile.json5"));
    expect(await read("one")).toEqual(BASE);
    expect(await read("HEAD")).toEqual(BASE);
  });

  it("takes every way in which git names a commit", async () => {
    const { root, read } = await world();
    await write(root, { "define/staging.yaml": "debug: false\n" });
    commit(root, "two");
    git(root, "tag", "--annotate", "-m", "signed off", "release/2", "two");
    git(root, "branch", "topic/x", "one");
    const [now, then] = ["debug: false\n", "debug: true\n"];
    const id = git(root, "rev-parse", "one");
    for (const ref of ["HEAD~1", "HEAD^", "one", "topic/x", id, id.slice(0, 8), "@{1}", "release/2^", "two^{/one}"])
      expect((await read(ref))["define/staging.yaml"], ref).toBe(then);
    for (const ref of ["HEAD", "@", "release/2", "tags/two", "main"])
      expect((await read(ref))["define/staging.yaml"], ref).toBe(now);
  });

  it("reads what is below define, and a source's own definitions, in the four formats, and nothing else", async () => {
    const wanted = {
      ...BASE,
      "define/common/deep/base.yml": "a: 1\n",
      "define/modules.json": "[]",
      "config/facsimile.json5": "{}",
      "config/facsimile/staging.json5": "{}",
    };
    const { read } = await world({
      ...wanted,
      "define/README.md": "",
      "define/old.json5.bak": "",
      "define/json5": "",
      "defined.json5": "",
      "sub/define/x.json5": "",
      "config/app.json5": "",
      "config/facsimile.txt": "",
      "SRC/shop-1/define/x.json5": "",
    });
    expect(await read("HEAD")).toEqual(wanted);
  });

  it("knows a conglomerate that is a folder of its repository", async () => {
    const { top, read } = await world(BASE, "ops/shop one");
    await write(top, { "define/facsimile.json5": "{ other: 1 }" });
    commit(top, "two");
    expect(await read("HEAD")).toEqual(BASE);
    expect(await read("one")).toEqual(BASE);
  });

  it("keeps names and contents byte for byte: blanks, quotes, newlines, other scripts, nothing, a byte order mark", async () => {
    const odd = {
      ...BASE,
      'define/a b"c\\d.json5': '{ a: "ü\\n" }',
      "define/line\nbreak.yaml": "a: |\n  x\n\n  y\n",
      "define/зона-日本.json5": "{ a: '🚀' }",
      "define/empty.yaml": "",
      "define/no-newline.json5": "{}",
      "define/crlf.json5": "{\r\n}\r\n",
      "define/-x.json5": "{}",
      "define/looks-like.yaml": "0000000000000000000000000000000000000000 blob 3\nabc\n",
    };
    const { root, read } = await world(odd);
    expect(await read("HEAD")).toEqual(odd);
    await write(root, { "define/mark.json5": "\ufeff{}" });
    commit(root, "two");
    expect((await read("HEAD"))["define/mark.json5"]).toBe("{}");
  });

  it("leaves out links and submodules: they lead elsewhere", async () => {
    const { root, read } = await world();
    await write(root, { "outside.json5": "{}" });
    await fs.symlink("../outside.json5", path.join(root, "define/link.json5"));
    await fs.symlink("/etc", path.join(root, "define/folder"));
    await repository(path.join(root, "define/sub.json5"), { "x.json5": "{}" }, "sub");
    commit(root, "two");
    expect(git(root, "ls-tree", "-r", "HEAD", "define")).toMatch(/120000[\s\S]*160000/);
    expect(await read("HEAD")).toEqual(BASE);
  });

  it("reads hundreds of files in three calls of git or four", async () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`define/i${i}.json5`, `{ n: ${i} }`]));
    const { root } = await world({ ...BASE, ...many });
    const context = contextOf(root);
    const calls: string[] = [];
    const exec: typeof context.exec = (file, args, options) => {
      calls.push(args.join(" "));
      return context.exec(file, args, options);
    };
    const texts = await definitionTexts({ root, ref: "HEAD" }, { exec });
    expect(texts.size).toBe(302);
    expect(texts.get("define/i299.json5")).toBe("{ n: 299 }");
    expect(calls.length).toBeLessThanOrEqual(4);
  });

  it("changes nothing in the repository", async () => {
    const { root, read } = await world();
    await write(root, { "define/staging.yaml": "debug: 0\n" });
    const before = git(root, "status", "--porcelain=v2", "--branch");
    await read("one");
    expect(git(root, "status", "--porcelain=v2", "--branch")).toBe(before);
  });

  it("says that a folder is in no repository", async () => {
    const root = await write(await folder(), BASE);
    await expect(definitionTexts({ root, ref: "HEAD" }, contextOf(root))).rejects.toMatchObject({
      code: "GIT_NEEDED",
      message: expect.stringContaining(root),
      hint: expect.stringContaining("--root"),
    });
  });

  it("says that there is no such revision, guesses what was meant, or tells how to write one", async () => {
    const { root, read } = await world();
    git(root, "branch", "release/2026");
    await expect(read("release/2062")).rejects.toMatchObject({
      code: "UNKNOWN_REVISION",
      message: `there is no revision "release/2062" in ${root}`,
      hint: "Did you mean release/2026?",
    });
    await expect(read("HEAD~7")).rejects.toMatchObject({ hint: expect.stringContaining("HEAD~1") });
  });

  it("takes no option, no range, no file and no control character for a revision", async () => {
    const { root, read } = await world();
    const odd = ["", "-h", "--all", "--git-dir=/tmp", "one..HEAD", "HEAD:define", "HEAD ", "a\nb", "a\0b", "^HEAD"];
    for (const ref of odd) await expect(read(ref), ref).rejects.toMatchObject({ code: "UNKNOWN_REVISION" });
    expect(await fs.readdir(root)).toEqual(expect.arrayContaining(["define"]));
  });

  it("says so where there is no commit yet, and where a revision had no definitions", async () => {
    const root = await write(await folder(), BASE);
    git(root, "init", "--quiet");
    const read = (ref: string) => definitionTexts({ root, ref }, contextOf(root));
    await expect(read("HEAD")).rejects.toMatchObject({ code: "UNKNOWN_REVISION" });
    git(root, "commit", "--quiet", "--allow-empty", "-m", "begin");
    await expect(read("HEAD")).rejects.toMatchObject({
      code: "NO_CONGLOMERATE",
      message: "HEAD holds no definitions: no define/facsimile.json5",
    });
    await write(root, { "define/facsimiles.json5": "{}" });
    await fs.rm(path.join(root, "define/facsimile.json5"));
    commit(root, "two");
    await expect(read("HEAD")).rejects.toMatchObject({ code: "NO_CONGLOMERATE" });
  });

  it("refuses a file that is not UTF-8, by its name", async () => {
    const { root, read } = await world();
    await fs.writeFile(path.join(root, "define/latin.json5"), Buffer.from([0x22, 0xe9, 0x22]));
    commit(root, "two");
    await expect(read("HEAD")).rejects.toMatchObject({
      code: "FILE_UNREADABLE",
      message: "HEAD:define/latin.json5 cannot be read: it is not UTF-8",
    });
  });

  it("says what git says when an object is gone, and when git is", async () => {
    const { root, read } = await world();
    const id = git(root, "rev-parse", "HEAD:define/staging.yaml");
    await fs.rm(path.join(root, ".git/objects", id.slice(0, 2), id.slice(2)));
    await expect(read("HEAD")).rejects.toMatchObject({
      code: "GIT_FAILED",
      message: expect.stringContaining(`${id} missing`),
    });
    const exec = createExec({ PATH: "/nowhere" });
    await expect(definitionTexts({ root, ref: "HEAD" }, { exec })).rejects.toMatchObject({ code: "EXEC_NOT_FOUND" });
  });
});
