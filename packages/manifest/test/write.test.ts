import fs from "node:fs/promises";
import path from "node:path";
import { tree as folderWith } from "@facsimile/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  compareTrees,
  hashTree,
  type Manifest,
  manifestOf,
  type Tree,
  type TreeNode,
  writeTree,
} from "../src/index.ts";

const folder = () => folderWith({}, { onFinished: onTestFinished });
const file = (text: string, mode = 0o644): TreeNode => ({
  type: "file",
  mode,
  content: { bytes: Buffer.from(text) },
  secrets: [],
});
const tree = (nodes: Readonly<Record<string, TreeNode>>): Tree => new Map(Object.entries(nodes));

describe("writeTree", () => {
  it("writes exactly what the manifest says, also into folders that forbid it and whatever the umask", async () => {
    const nodes = tree({
      "bin/run": file("#!/bin/sh\n", 0o755),
      shut: { type: "dir", mode: 0o555 },
      "shut/in": file("x", 0o400),
      link: { type: "link", target: "bin" },
      empty: { type: "dir", mode: 0o777 },
    });
    const [to, manifest] = [await folder(), await manifestOf(nodes)];
    const umask = process.umask(0o077);
    await writeTree(nodes, { folder: to, manifest }).finally(() => process.umask(umask));
    expect(compareTrees(manifest, await hashTree(to))).toEqual([]);
    await fs.chmod(path.join(to, "shut"), 0o755);
  });

  it("refuses a content that is another than when it was hashed", async () => {
    const from = await folderWith({ a: "1" }, { onFinished: onTestFinished });
    const nodes = tree({ "etc/a": { type: "file", mode: 0o644, content: { file: `${from}/a` }, secrets: [] } });
    const manifest = await manifestOf(nodes);
    await fs.writeFile(`${from}/a`, "2");
    await expect(writeTree(nodes, { folder: await folder(), manifest })).rejects.toMatchObject({
      code: "TREE_CHANGED",
      message: "etc/a changed while it was read",
    });
  });

  it("writes an equal file once, leaves out what it is told to, and links across trees", async () => {
    const nodes = tree({ a: file("same"), b: file("same"), c: file("same", 0o600), secret: file("s") });
    const [one, two, manifest] = [await folder(), await folder(), await manifestOf(nodes)];
    const written = new Map<string, string>();
    for (const to of [one, two])
      await writeTree(nodes, { folder: to, manifest, written, leaveOut: (name) => name === "secret" });
    const inode = async (name: string) => (await fs.stat(name)).ino;
    expect(await inode(`${one}/a`)).toBe(await inode(`${two}/b`));
    expect(await inode(`${one}/a`)).not.toBe(await inode(`${one}/c`));
    expect((await fs.readdir(two)).sort()).toEqual(["a", "b", "c"]);
  });

  it("writes nothing outside, whatever a manifest says, nor through a link of the tree", async () => {
    const to = path.join(await folder(), "in");
    await fs.mkdir(to);
    const entry = { type: "file", mode: 0o644, size: 1, sha256: "0".repeat(64) } as const;
    for (const name of ["../out", "/tmp/out", "a/../../out"]) {
      const manifest: Manifest = { entries: [{ ...entry, path: name }] };
      await expect(writeTree(tree({ [name]: file("x") }), { folder: to, manifest })).rejects.toMatchObject({
        code: "TREE_BAD_PATH",
      });
    }
    const through: Manifest = {
      entries: [
        { path: "l", type: "link", target: ".." },
        { ...entry, path: "l/out" },
      ],
    };
    await expect(writeTree(tree({ "l/out": file("x") }), { folder: to, manifest: through })).rejects.toThrow("ENOENT");
    expect(await fs.readdir(path.dirname(to))).toEqual(["in"]);
  });

  it("reads a content once for many trees, as far as they share it", async () => {
    const from = await folderWith({ a: "1" }, { onFinished: onTestFinished });
    const nodes = tree({ a: { type: "file", mode: 0o644, content: { file: `${from}/a` }, secrets: [] } });
    const known = new WeakMap();
    const first = await manifestOf(nodes, { known });
    await fs.rm(`${from}/a`);
    expect(await manifestOf(nodes, { known })).toEqual(first);
    await expect(manifestOf(nodes)).rejects.toMatchObject({ code: "TREE_UNREADABLE" });
  });
});
