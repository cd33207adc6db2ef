import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import fs from "node:fs/promises";
import { errnoOf, FacsimileError, throwProblems } from "@facsimile/core";
import pLimit from "p-limit";
import { badPath, checkTreePaths } from "./paths.ts";
import type { Content, Entry, Manifest, Tree, TreeNode } from "./types.ts";

/** Files hashed at a time when nobody says otherwise. */
const CONCURRENCY = 16;

/** What is read of a file at a time, in bytes; no file is ever whole in memory. */
const CHUNK = 256 * 1024;

export interface HashOptions {
  /** Files hashed at a time. Default 16. */
  readonly concurrency?: number;
}

export interface HashTreeOptions extends HashOptions {
  /** True for a path, relative to the root, that is left out, for a folder with all that it holds. Default: nothing is. */
  readonly ignore?: (path: string) => boolean;
}

/**
 * The manifest of the folder `root`: every path in it, with its permission bits as they are (set-id and sticky bits too).
 *
 * @throws `TREE_UNREADABLE`, `TREE_UNSUPPORTED` (a device, socket or pipe), `TREE_BAD_PATH` (a name not in UTF-8); all
 * that were found.
 */
export async function hashTree(root: string, options: HashTreeOptions = {}): Promise<Manifest> {
  const { ignore = () => false, concurrency = CONCURRENCY } = options;
  const limit = pLimit(concurrency);
  const entries: Entry[] = [];
  const problems: FacsimileError[] = [];

  const visit = async (path: string): Promise<void> => {
    const full = `${root}/${path}`;
    try {
      const stats = await limit(() => fs.lstat(full));
      entries.push(await limit(() => entryAt(full, path, stats)));
      if (stats.isDirectory()) await children(path);
    } catch (error) {
      problems.push(unreadable(path, error));
    }
  };
  const children = async (path: string): Promise<void> => {
    const names = await limit(() => fs.readdir(`${root}/${path}`, { encoding: "buffer" }));
    const paths = names.map((name) => (path === "" ? nameOf(name) : `${path}/${nameOf(name)}`));
    await Promise.all(paths.filter((child) => !ignore(child)).map(visit));
  };

  try {
    await children("");
  } catch (error) {
    throw unreadable(root, error);
  }
  throwProblems(problems);
  return { entries: sorted(entries) };
}

/**
 * The manifest that a host holding exactly `tree` has. Parent folders that the tree leaves out get mode 0755; set-id and
 * sticky bits are not carried.
 *
 * @throws `TREE_BAD_PATH`, `TREE_SAME_PATH` (see {@link checkTreePaths}), `TREE_UNREADABLE`; all that were found.
 */
export async function manifestOf(tree: Tree, { concurrency = CONCURRENCY }: HashOptions = {}): Promise<Manifest> {
  throwProblems([...checkTreePaths(tree.keys()), ...notFolders(tree)]);
  const limit = pLimit(concurrency);
  const problems: FacsimileError[] = [];
  const entries = await Promise.all(
    [...withParents(tree)].map(([path, node]) =>
      limit(() => entryOf(path, node)).catch((error: unknown) => {
        problems.push(unreadable(path, error));
        return undefined;
      }),
    ),
  );
  throwProblems(problems);
  return { entries: sorted(entries.filter((entry) => entry !== undefined)) };
}

async function entryAt(full: string, path: string, stats: Stats): Promise<Entry> {
  const mode = stats.mode & 0o7777;
  if (stats.isDirectory()) return { path, type: "dir", mode };
  if (stats.isSymbolicLink()) return { path, type: "link", target: await linkTarget(full, path) };
  if (!stats.isFile()) throw unsupported(path);
  return { path, type: "file", mode, ...(await hashContent({ file: full })) };
}

async function entryOf(path: string, node: TreeNode): Promise<Entry> {
  if (node.type === "link") return { path, type: "link", target: node.target };
  const mode = node.mode & 0o777;
  if (node.type === "dir") return { path, type: "dir", mode };
  return { path, type: "file", mode, ...(await hashContent(node.content)) };
}

async function hashContent(content: Content): Promise<{ size: number; sha256: string }> {
  const hash = createHash("sha256");
  if ("bytes" in content) return { size: content.bytes.length, sha256: hash.update(content.bytes).digest("hex") };
  const handle = await fs.open(content.file);
  try {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, (await handle.stat()).size + 1));
    let size = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return { size, sha256: hash.digest("hex") };
      hash.update(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

async function linkTarget(full: string, path: string): Promise<string> {
  const bytes = await fs.readlink(full, { encoding: "buffer" });
  if (!isUtf8(bytes)) throw badPath(path, "is a link whose target is not in UTF-8");
  return bytes.toString();
}

function nameOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw badPath(bytes.toString("latin1"), "is not in UTF-8");
  return bytes.toString();
}

function notFolders(tree: Tree): FacsimileError[] {
  return [...tree.keys()].flatMap((path) => {
    const parent = parentsOf(path).find((parent) => (tree.get(parent)?.type ?? "dir") !== "dir");
    return parent === undefined ? [] : [badPath(path, `lies under ${JSON.stringify(parent)}, which is no folder`)];
  });
}

function withParents(tree: Tree): Map<string, TreeNode> {
  const all = new Map(tree);
  for (const path of tree.keys()) {
    for (const parent of parentsOf(path)) if (!all.has(parent)) all.set(parent, { type: "dir", mode: 0o755 });
  }
  return all;
}

function parentsOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

// As compareBytes of core, with each path encoded once.
function sorted(entries: readonly Entry[]): Entry[] {
  const keyed = entries.map((entry) => ({ entry, key: Buffer.from(entry.path) }));
  return keyed.sort((a, b) => Buffer.compare(a.key, b.key)).map(({ entry }) => entry);
}

function unsupported(path: string): FacsimileError {
  return new FacsimileError("TREE_UNSUPPORTED", `${path} is neither a file, a folder nor a link`, {
    hint: "Devices, sockets and pipes are not carried: remove it.",
  });
}

// System errors say which call failed; who reads them wants the path of the tree. Bugs go on up as they are.
function unreadable(path: string, error: unknown): FacsimileError {
  if (error instanceof FacsimileError) return error;
  const errno = errnoOf(error);
  if (errno === undefined) throw error;
  return new FacsimileError("TREE_UNREADABLE", `${path} cannot be read: ${errno}`, {
    hint: errno === "ENOENT" ? "It is not there, or went away while it was read." : "Check its owner and mode.",
    cause: error,
  });
}
