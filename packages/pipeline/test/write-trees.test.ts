import fs from "node:fs/promises";
import path from "node:path";
import { Redactor, Secret } from "@facsimile/core";
import type { Tree, TreeNode } from "@facsimile/manifest";
import { readTree } from "@facsimile/testing";
import { describe, expect, it } from "vitest";
import type { RenderedProject } from "../src/install/render-trees.ts";
import { writeTrees } from "../src/install/write-trees.ts";
import { carriedContextOf, contextOf, folder } from "./world.ts";

const redactor = new Redactor();
redactor.add(new Secret("hunter22", "passwd/shop"));

const file = (text: string, { mode = 0o644, secrets = [] as string[] } = {}): TreeNode => ({
  type: "file",
  mode,
  content: { bytes: Buffer.from(text) },
  secrets,
});
const project = (tree: Record<string, TreeNode>, demand: Tree = new Map()): RenderedProject => ({
  project: "shop",
  version: "1",
  hosts: [{ host: "web1", tree: new Map(Object.entries(tree)) }],
  demand,
  leftOut: [],
});

async function place(): Promise<{
  dir: string;
  out: string;
  write(one: RenderedProject, reveal?: boolean): Promise<unknown>;
}> {
  const dir = await folder();
  const out = path.join(dir, "out");
  const write = (one: RenderedProject, reveal = false) =>
    writeTrees([one], { dir: out, reveal, redactor, folders: contextOf(path.join(dir, "shop")) });
  return { dir, out, write };
}

describe("writeTrees", () => {
  it("writes names of any kind, modes whatever the umask, links and empty folders", async () => {
    const { out, write } = await place();
    const umask = process.umask(0o077);
    try {
      await write(
        project({
          "-rf \n'\"é": file("odd"),
          "bin/run": file("x", { mode: 0o755 }),
          locked: { type: "dir", mode: 0o555 },
          "locked/in": file("", { mode: 0o444 }),
          empty: { type: "dir", mode: 0o750 },
          link: { type: "link", target: "bin/run" },
        }),
      );
    } finally {
      process.umask(umask);
    }
    expect(await readTree(path.join(out, "shop/web1"))).toEqual({
      "-rf \n'\"é": "file 644 odd",
      bin: "dir 755",
      "bin/run": "file 755 x",
      empty: "dir 750",
      link: "link bin/run",
      locked: "dir 555",
      "locked/in": "file 444 ",
    });
    // Else whoever is not root cannot remove it.
    await fs.chmod(path.join(out, "shop/web1/locked"), 0o755);
  });

  it("masks only what holds secrets: an ordinary word may be a password by chance", async () => {
    const { out, write } = await place();
    const one = project({ a: file("hunter22", { mode: 0o600, secrets: ["passwd/shop"] }), b: file("hunter22") });
    await write(one);
    expect(await readTree(path.join(out, "shop/web1"))).toEqual({
      a: "file 600 ‹passwd/shop›",
      b: "file 644 hunter22",
    });
    await write(one, true);
    expect(await readTree(path.join(out, "shop/web1"))).toEqual({ a: "file 600 hunter22", b: "file 600 hunter22" });
    expect((await fs.stat(out)).mode & 0o777).toBe(0o700);
  });

  it.each(["../x", "a/../../x", "/etc/x", "a//b", ".", "a\0b"])(
    "refuses the path %j, and leaves nothing behind",
    async (name) => {
      const { dir, write } = await place();
      await expect(write(project({ a: file("a"), [name]: file("x") }))).rejects.toMatchObject({ code: "OUT_REFUSED" });
      expect(await fs.readdir(dir)).toEqual([]);
    },
  );

  it("refuses every folder of the conglomerate, what lies in it and what would hold it, by any name and before it is there", async () => {
    const top = await folder();
    await fs.mkdir(path.join(top, "shop/config"), { recursive: true });
    await fs.symlink("shop", path.join(top, "link"));
    const shop = contextOf(path.join(top, "shop"));
    const carried = carriedContextOf(path.join(top, "shop"));
    const refused = async (name: string, folders: typeof shop) => {
      const before = await readTree(top);
      const work = writeTrees([project({ a: file("a") })], {
        dir: path.join(top, name),
        reveal: false,
        redactor,
        folders,
      });
      await expect(work, name).rejects.toMatchObject({
        code: "OUT_REFUSED",
        message: expect.stringMatching(/ (?:lies in|would hold) \S+\/, which is for facs itself$/),
      });
      expect(await readTree(top)).toEqual(before);
    };
    const names = [
      "define",
      "tmpl/x",
      "extra",
      "keys",
      "state/deep/er",
      "hosts",
      "SRC",
      "BUILD/dev",
      "RELEASE",
      ".git/x",
    ];
    for (const name of [...names.map((each) => `shop/${each}`), "shop", ".", "link/tmpl/x"]) await refused(name, shop);
    for (const name of ["config/facsimile/new", "config", ".facsimile", ".facsimile/x"])
      await refused(`shop/${name}`, carried);
    const fine = { dir: path.join(top, "shop/tmplx"), reveal: false, redactor, folders: shop };
    expect(await writeTrees([project({ a: file("a") })], fine)).toMatchObject({ files: 1 });
  });

  it("writes nothing through a link of the tree", async () => {
    const { dir, write } = await place();
    await fs.mkdir(path.join(dir, "victim"));
    const hostile = { link: { type: "link", target: "../../../victim" } as const, "link/x": file("x") };
    await expect(write(project(hostile))).rejects.toThrow("EEXIST");
    expect(await fs.readdir(dir)).toEqual(["victim"]);
    expect(await fs.readdir(path.join(dir, "victim"))).toEqual([]);
  });

  it("leaves the former folder as it was when it fails", async () => {
    const { dir, out, write } = await place();
    await write(project({ a: file("first") }));
    const before = await readTree(dir);
    const gone: TreeNode = { type: "file", mode: 0o644, content: { file: path.join(dir, "gone") }, secrets: [] };
    await expect(write(project({ a: file("second"), b: gone }))).rejects.toThrow("ENOENT");
    expect(await readTree(dir)).toEqual(before);
    await write(project({ b: file("third") }));
    expect(Object.keys(await readTree(out))).toEqual([".facs-render.json", "shop", "shop/web1", "shop/web1/b"]);
  });

  it("says what it wrote as docs/formats/rendered-1.md has it", async () => {
    const { out, write } = await place();
    await write(project({ b: file("") }));
    const page = await fs.readFile(new URL("../../../docs/formats/rendered-1.md", import.meta.url), "utf8");
    const [, example] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    expect(await fs.readFile(path.join(out, ".facs-render.json"), "utf8")).toBe(example);
  });

  it.each(["", "{", '{"facsimile":"rendered/2","paths":["x"]}', '{"facsimile":"rendered/1"}'])(
    "takes %j for no word of its own",
    async (marker) => {
      const { out, write } = await place();
      await fs.mkdir(out);
      for (const [name, text] of Object.entries({ x: "x", ".facs-render.json": marker })) await fs.writeFile(path.join(out, name), text); // biome-ignore format: one line
      await expect(write(project({}))).rejects.toMatchObject({ code: "OUT_REFUSED" });
      expect(await fs.readFile(path.join(out, "x"), "utf8")).toBe("x");
    },
  );
});
