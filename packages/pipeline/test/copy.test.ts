import fs from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { copyGroup } from "../src/install/copy.ts";
import type { CopyGroup } from "../src/install/copy-group.ts";
import { folder, write } from "./world.ts";

const position = { file: "define/shop.json5", line: 4, column: 5 };

async function copied(group: CopyGroup) {
  const dir = await write(await folder(), {
    "a.txt": "a",
    "bin/run": "#!/bin/sh\n",
    "tree/one": "1",
    "tree/deep/two": "2",
    "tree/.hidden": "h",
  });
  await fs.chmod(path.join(dir, "bin/run"), 0o700);
  await fs.symlink("one", path.join(dir, "tree/ln"));
  return copyGroup(group, { variables: { SRC_DIR: dir, BUILD_DIR: dir, INSTANCE_NAME: "dev" }, position });
}
const pathsOf = async (group: CopyGroup) =>
  [...(await copied(group))]
    .filter(([, node]) => node.type !== "dir")
    .map(([name]) => name)
    .sort();

it("lands an absolute file under its base name and a relative one under its path", async () => {
  expect(await pathsOf({ files: ["$SRC_DIR$/bin/run", "bin/run"] })).toEqual(["bin/run", "run"]);
});

it("leaves out optional files that do not exist, and names others with the group's place", async () => {
  expect(await pathsOf({ optfiles: ["$SRC_DIR$/a.txt", "$SRC_DIR$/none"] })).toEqual(["a.txt"]);
  await expect(copied({ files: ["none"] })).rejects.toMatchObject({ code: "INSTALL_MISSING", position });
  await expect(copied({ dir: "none" })).rejects.toMatchObject({ code: "INSTALL_MISSING", position });
  await expect(copied({ glob: "none/**" })).rejects.toMatchObject({ code: "INSTALL_MISSING", position });
});

it("takes a folder whole: hidden files and links too", async () => {
  expect(await pathsOf({ dir: "tree" })).toEqual(["tree/.hidden", "tree/deep/two", "tree/ln", "tree/one"]);
  expect((await copied({ dir: "$SRC_DIR$/tree" })).get("tree/ln")).toEqual({ type: "link", target: "one" });
});

it("moves what matches a pattern, as the Python tool did", async () => {
  expect(await pathsOf({ dir: "$SRC_DIR$/tree", pattern: "^$SRC_DIR$/tree", replace: "T" })).toEqual([
    "T/.hidden",
    "T/deep/two",
    "T/ln",
    "T/one",
  ]);
  expect(await pathsOf({ files: ["$SRC_DIR$/a.txt"], pattern: "^$SRC_DIR$/(.*)$", replace: "opt/\\1" })).toEqual([
    "opt/a.txt",
  ]);
});

it("takes what a glob matches", async () => {
  expect(await pathsOf({ glob: ["bin/**", "*.txt"] })).toEqual(["a.txt", "bin/run"]);
});

it("keeps the executable bit and no other trace of an umask", async () => {
  const nodes = await copied({ files: ["bin/run", "a.txt"] });
  expect(nodes.get("bin/run")).toMatchObject({ mode: 0o755 });
  expect(nodes.get("a.txt")).toMatchObject({ mode: 0o644 });
});

it("lets nothing land outside the release", async () => {
  await expect(copied({ files: ["a.txt"], pattern: ".*", replace: "../x" })).rejects.toMatchObject({
    code: "INSTALL_OUTSIDE",
    position,
  });
  await expect(copied({ files: ["a.txt"], pattern: "(", replace: "" })).rejects.toMatchObject({
    code: "INSTALL_PATTERN",
    position,
  });
});
