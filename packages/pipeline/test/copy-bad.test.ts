import { execFileSync } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { isFacsimileError, problemsOf } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { copyGroup } from "../src/install/copy.ts";
import type { CopyGroup } from "../src/install/copy-group.ts";
import { folder, write } from "./world.ts";

const position = { file: "define/shop.json5", line: 4, column: 5 };

async function sources(files: Readonly<Record<string, string>> = {}) {
  const [source, build] = [await folder(), await folder()];
  await write(source, files);
  await write(build, files);
  const install = (group: CopyGroup) =>
    copyGroup(group, { variables: { SRC_DIR: source, BUILD_DIR: build, INSTANCE_NAME: "dev" }, position });
  const problems = async (group: CopyGroup) => {
    const error = await install(group).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!isFacsimileError(error)) throw error ?? new Error("nothing was wrong");
    for (const problem of problemsOf(error)) expect(problem.position).toEqual(position);
    return problemsOf(error).map(
      ({ code, message }) => `${code} ${message.replaceAll(source, "S").replaceAll(build, "B")}`,
    );
  };
  return { source, build, install, problems };
}

describe("a copy group", () => {
  it("tells everything that is wrong with it at once, with its place", async () => {
    const { problems } = await sources({ "a.txt": "a", "tree/one": "1" });
    expect(await problems({ files: ["none", "tree", "../a.txt"], dir: "a.txt", glob: ["*.md", "*.txt"] })).toEqual([
      "INSTALL_MISSING install.groups: there is no none (looked at B/none)",
      "INSTALL_MISSING install.groups: tree is a folder",
      expect.stringMatching(/^INSTALL_MISSING install.groups: there is no \.\.\/a\.txt/),
      "INSTALL_MISSING install.groups: a.txt is no folder",
      "INSTALL_MISSING install.groups: nothing matches *.md (looked in B)",
    ]);
  });

  it("refuses two files for one path, and takes one that is named twice", async () => {
    const { problems, install } = await sources({ "a/x": "1", "b/x": "2" });
    expect(await problems({ dir: ".", pattern: "^.*/", replace: "flat/" })).toEqual([
      "INSTALL_CLASH flat/x comes from B/a/x and from B/b/x",
    ]);
    expect([...(await install({ files: ["a/x"], glob: "a/*" })).keys()]).toEqual(["a/x"]);
  });

  it("keeps links inside as links, and refuses those that leave the release, with name and target", async () => {
    const { build, problems, install } = await sources({ "bin/run": "x" });
    await fs.symlink("bin/run", path.join(build, "run"));
    await fs.symlink("../../etc/passwd", path.join(build, "bin/up"));
    await fs.symlink("/etc/passwd", path.join(build, "bin/abs"));
    await fs.symlink("x/../../..", path.join(build, "bin/sly"));
    expect((await install({ files: ["run"] })).get("run")).toEqual({ type: "link", target: "bin/run" });
    expect((await problems({ dir: "bin" })).sort()).toEqual([
      "INSTALL_LINK_OUTSIDE bin/abs is a link to /etc/passwd, an absolute path, outside of the tree",
      expect.stringMatching(/^INSTALL_LINK_OUTSIDE bin\/sly is a link to x\/\.\.\/\.\.\/\.\./),
      "INSTALL_LINK_OUTSIDE bin/up is a link to ../../etc/passwd, outside of the tree",
    ]);
  });

  it("follows no link to other folders, neither down a tree nor on the way to a name", async () => {
    const [{ build, problems, install }, elsewhere] = [await sources({ "a/x": "1" }), await folder()];
    await write(elsewhere, { secret: "s" });
    await fs.symlink(elsewhere, path.join(build, "out"));
    await fs.symlink(".", path.join(build, "a/loop"));
    expect([...(await install({ dir: "a" })).keys()].sort()).toEqual(["a/loop", "a/x"]);
    expect((await problems({ glob: "out/**" }))[0]).toContain("INSTALL_LINK_OUTSIDE out is a link to");
    expect((await problems({ files: ["out/secret"] }))[0]).toMatch(
      /^INSTALL_LINK_OUTSIDE the way to out\/secret goes over a link/,
    );
    expect((await problems({ dir: "out" }))[0]).toMatch(/^INSTALL_LINK_OUTSIDE the way to out goes over a link/);
  });

  it("tells a link that leads to itself", async () => {
    const { build, problems } = await sources({ a: "1" });
    await fs.symlink("self", path.join(build, "self"));
    expect(await problems({ dir: "self" })).toEqual(["TREE_UNREADABLE B/self cannot be read: ELOOP"]);
    expect((await problems({ files: ["self/x"] }))[0]).toContain("TREE_UNREADABLE B/self/x cannot be read: ELOOP");
  });

  it("refuses pipes, sockets and names that are not in UTF-8, all of a folder", async () => {
    const { build, problems } = await sources({ "d/ok": "1" });
    execFileSync("mkfifo", [path.join(build, "d/pipe")]);
    execFileSync("python3", [
      "-c",
      "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])",
      path.join(build, "d/sock"),
    ]);
    await fs.writeFile(Buffer.concat([Buffer.from(`${build}/d/`), Buffer.from([0x66, 0xff])]), "");
    expect((await problems({ dir: "d" })).sort()).toEqual([
      "TREE_BAD_PATH the name of B/d/f\\xff is not in UTF-8",
      "TREE_UNSUPPORTED B/d/pipe is neither a file, a folder nor a link",
      "TREE_UNSUPPORTED B/d/sock is neither a file, a folder nor a link",
    ]);
    expect((await problems({ files: ["d/pipe"] }))[0]).toContain("TREE_UNSUPPORTED");
  });

  it("carries no setuid bit", async () => {
    const { build, install } = await sources({ "bin/su": "x" });
    await fs.chmod(path.join(build, "bin/su"), 0o6755);
    expect((await install({ dir: "bin" })).get("bin/su")).toMatchObject({ mode: 0o755 });
  });

  it("lands where the pattern says, whatever this machine calls its folders", async () => {
    const { install, problems } = await sources({ "tree/one": "1" });
    const names = async (group: CopyGroup) => [...(await install(group)).keys()].sort();
    expect(await names({ dir: "tree", pattern: "one$", replace: "two" })).toEqual(["tree/two"]);
    expect(await names({ dir: "tree", pattern: "^/([^/]*)/", replace: "\\1-" })).toEqual(["build-tree/one"]);
    expect(await names({ files: ["$SRC_DIR$/tree/one"], pattern: "^$SRC_DIR$", replace: "" })).toEqual(["tree/one"]);
    expect(await names({ glob: "$SRC_DIR$/tree/*" })).toEqual(["tree/one"]);
    expect(await names({ dir: "tree", pattern: "^$BUILD_DIR$/", replace: "$INSTANCE_NAME$/" })).toEqual([
      "dev/tree/one",
    ]);
    expect((await problems({ dir: "tree", pattern: "^.*$", replace: "" }))[0]).toContain("INSTALL_OUTSIDE");
    expect((await problems({ dir: "tree", pattern: "(o)ne", replace: "\\2" }))[0]).toMatch(
      /INSTALL_PATTERN `replace` names group 2; `pattern` has 1/,
    );
  });
});
