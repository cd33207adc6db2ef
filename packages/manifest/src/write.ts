import fs from "node:fs";
import path from "node:path";
import { errnoOf, FacsimileError, throwProblems } from "@facsimile/core";
import { digesting } from "./content.ts";
import { checkTreePaths } from "./paths.ts";
import { inSlices } from "./slices.ts";
import type { DirEntry, FileEntry, LinkEntry, Manifest, Tree, TreeNode } from "./types.ts";

export interface WriteTreeOptions {
  /** An empty folder of one's own. */
  readonly folder: string;
  /** What `manifestOf` gave for the tree. */
  readonly manifest: Manifest;
  /** True for a file that is not to be written. Default: none. */
  readonly leaveOut?: (path: string) => boolean;
  /**
   * Files written before, by sha256 and mode, absolute: another one alike is a hard link to it. What is written is
   * added. Default: nothing was.
   */
  readonly written?: Map<string, string>;
}

/**
 * Writes a tree, with exactly the modes of the manifest whatever the umask. Bytes are hashed on their way, and links come
 * last, so that nothing is written through one. After an error the folder holds a part.
 *
 * @throws `TREE_CHANGED` (a content is no longer what the manifest says), `TREE_UNREADABLE`, `TREE_BAD_PATH`; errors of the system
 */
export async function writeTree(tree: Tree, options: WriteTreeOptions): Promise<void> {
  const { entries } = options.manifest;
  throwProblems(checkTreePaths(entries.map(({ path }) => path)));
  const folders = entries.filter((entry): entry is DirEntry => entry.type === "dir");
  await inSlices(
    (function* () {
      for (const each of folders) yield fs.mkdirSync(path.join(options.folder, each.path), 0o700);
      for (const each of entries) if (each.type === "file") yield* writeFile(each, { tree, options });
      for (const each of entries) if (each.type === "link") yield link(each, options);
      // Deep ones first: a folder may forbid to write to it.
      for (const each of folders.toReversed()) yield fs.chmodSync(path.join(options.folder, each.path), each.mode);
    })(),
  );
}

function* writeFile(
  entry: FileEntry,
  { tree, options }: { tree: Tree; options: WriteTreeOptions },
): Generator<void, void> {
  const { folder, leaveOut, written } = options;
  if (leaveOut?.(entry.path) === true) return;
  const file = path.join(folder, entry.path);
  const key = `${entry.sha256} ${entry.mode}`;
  if (isLinked(file, written?.get(key))) return;
  yield* copy(entry, { node: tree.get(entry.path), file });
  written?.set(key, file);
}

/** False where there is nothing to link to, or no further link can be made: then it is written once more. */
function isLinked(file: string, same: string | undefined): boolean {
  if (same === undefined) return false;
  try {
    fs.linkSync(same, file);
    return true;
  } catch (error) {
    // link(2): too many names for one file, or a file system without hard links.
    if (["EMLINK", "EPERM", "EOPNOTSUPP", "ENOTSUP"].includes(errnoOf(error) ?? "")) return false;
    throw error;
  }
}

function* copy(
  { path, mode, size, sha256 }: FileEntry,
  { node, file }: { node: TreeNode | undefined; file: string },
): Generator<void, void> {
  if (node?.type !== "file") throw new Error(`the manifest has a file ${path}, and the tree has none`);
  const to = fs.openSync(file, "wx", 0o600);
  try {
    const found = yield* digesting(node.content, { path, onChunk: (chunk) => writeAll(to, chunk) });
    if (found.sha256 !== sha256 || found.size !== size) throw changed(path);
    fs.fchmodSync(to, mode);
  } finally {
    fs.closeSync(to);
  }
}

// write(2) may take less than it was given.
function writeAll(file: number, chunk: Uint8Array): void {
  for (let done = 0; done < chunk.length; ) done += fs.writeSync(file, chunk, done);
}

function link({ path: name, target }: LinkEntry, { folder }: WriteTreeOptions): void {
  fs.symlinkSync(target, path.join(folder, name));
}

function changed(name: string): FacsimileError {
  return new FacsimileError("TREE_CHANGED", `${name} changed while it was read`, {
    hint: "Somebody writes to the sources or the build. When that is over, run it again.",
  });
}
