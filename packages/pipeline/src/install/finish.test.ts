import type { Tree, TreeNode } from "@facsimile/manifest";
import { describe, expect, it } from "vitest";
import { finishTree, mergeParts } from "./finish.ts";

const file = (mode: number, secrets: string[] = []): TreeNode => ({
  type: "file",
  mode,
  content: { bytes: Buffer.from("x") },
  secrets,
});
const tree = (nodes: Record<string, TreeNode>): Tree => new Map(Object.entries(nodes));
const modeAt = (finished: Tree, path: string) => {
  const node = finished.get(path);
  return node?.type === "link" ? undefined : node?.mode.toString(8);
};

describe("mergeParts", () => {
  it("joins what the sources give, folders shared", () => {
    const dir: TreeNode = { type: "dir", mode: 0o755 };
    const parts = [
      { from: "extra/", tree: tree({ bin: dir, "bin/a": file(0o755) }) },
      { from: "tmpl/", tree: tree({ bin: dir, "bin/b": file(0o644) }) },
    ];
    const { tree: merged, problems } = mergeParts(parts);
    expect([...merged.keys()].sort()).toEqual(["bin", "bin/a", "bin/b"]);
    expect(problems).toEqual([]);
  });

  it("names both sources of a path that comes twice", () => {
    const parts = [
      { from: "install.groups[0]", tree: tree({ a: file(0o644) }) },
      { from: "tmpl/", tree: tree({ a: file(0o644) }) },
    ];
    expect(mergeParts(parts).problems).toMatchObject([
      { code: "INSTALL_CLASH", message: "a comes from install.groups[0] and from tmpl/" },
    ]);
  });
});

describe("finishTree", () => {
  it("keeps the executable bit and no other trace of an umask; secrets are for their user only", () => {
    const { tree: finished } = finishTree(
      tree({
        a: file(0o600),
        b: file(0o711),
        c: file(0o644, ["passwd/x"]),
        d: file(0o755, ["passwd/x"]),
        e: { type: "dir", mode: 0o700 },
      }),
      [],
    );
    expect(["a", "b", "c", "d", "e"].map((path) => modeAt(finished, path))).toEqual([
      "644",
      "755",
      "600",
      "700",
      "755",
    ]);
  });

  it("lets the definition's last matching rule decide, also for secrets and dotfiles", () => {
    const rules = [
      { match: "etc/**", mode: "0640" },
      { match: "etc/.key", mode: "0400" },
    ];
    const { tree: finished } = finishTree(
      tree({ "etc/a": file(0o644, ["passwd/x"]), "etc/.key": file(0o644), b: file(0o644) }),
      rules,
    );
    expect(["etc/a", "etc/.key", "b"].map((path) => modeAt(finished, path))).toEqual(["640", "400", "644"]);
  });

  it("refuses links that leave the tree, however they are written", () => {
    const link = (target: string): TreeNode => ({ type: "link", target });
    const { problems } = finishTree(
      tree({ "a/ok": link("../b"), "a/up": link("../../b"), abs: link("/etc/passwd"), self: link("..") }),
      [],
    );
    expect(problems.map(({ message }) => message.split(" ")[0])).toEqual(["a/up", "abs", "self"]);
  });
});

describe("two sources for one path", () => {
  const position = (line: number) => ({ file: "define/shop.json5", line, column: 7 });

  it("are told with the place of the group, and the other place", () => {
    const parts = [
      { from: "install.groups[0]", position: position(3), tree: tree({ a: file(0o644), b: file(0o644) }) },
      { from: "install.groups[1]", position: position(4), tree: tree({ a: file(0o644) }) },
      { from: "extra/", tree: tree({ b: file(0o644) }) },
    ];
    expect(mergeParts(parts).problems).toMatchObject([
      {
        position: position(4),
        message: "a comes from install.groups[0] (define/shop.json5:3:7) and from install.groups[1]",
      },
      { position: position(3), message: "b comes from install.groups[0] and from extra/" },
    ]);
  });

  it("are also a file of one and a folder of the other, whichever comes first", () => {
    const flat = { from: "install.groups[0]", position: position(3), tree: tree({ etc: file(0o644) }) };
    const deep = { from: "tmpl/", tree: tree({ "etc/a/b": file(0o644), "etc/c": file(0o644) }) };
    for (const parts of [
      [flat, deep],
      [deep, flat],
    ]) {
      expect(mergeParts(parts).problems).toMatchObject([
        {
          code: "INSTALL_CLASH",
          position: position(3),
          message: "etc comes from install.groups[0] as a file and from tmpl/ as a folder (etc/a/b)",
        },
      ]);
    }
  });
});
