import { isUtf8 } from "node:buffer";
import fs, { type Stats } from "node:fs";
import { type FacsimileError, throwProblems } from "@facsimile/core";
import { type Digest, digesting } from "./content.ts";
import { badPath } from "./paths.ts";
import { unreadable, unsupported } from "./problems.ts";
import { inSlices } from "./slices.ts";
import { sorted } from "./sorted.ts";
import type { Entry, Manifest } from "./types.ts";

export interface HashTreeOptions {
  /** True for a path, relative to the root, that is left out, for a folder with all that it holds. Default: nothing is. */
  readonly ignore?: (path: string) => boolean;
}

/**
 * The manifest of the folder `root`: every path in it, with its permission bits as they are (set-id and sticky bits too).
 * No link is followed. A file that has several names in it is read once.
 *
 * @throws `TREE_UNREADABLE`, `TREE_UNSUPPORTED` (a device, socket or pipe), `TREE_BAD_PATH` (a name not in UTF-8); all
 * that were found.
 */
export async function hashTree(root: string, { ignore = () => false }: HashTreeOptions = {}): Promise<Manifest> {
  const walk: Walk = { root, ignore, entries: [], problems: [], linked: new Map() };
  try {
    await inSlices(children("", walk));
  } catch (error) {
    throw unreadable(root, error);
  }
  throwProblems(walk.problems);
  return { entries: sorted(walk.entries) };
}

interface Walk {
  readonly root: string;
  readonly ignore: (path: string) => boolean;
  readonly entries: Entry[];
  readonly problems: FacsimileError[];
  /** Files of several names, by device and inode. */
  readonly linked: Map<string, Digest>;
}

function* children(folder: string, walk: Walk): Generator<void, void> {
  for (const name of fs.readdirSync(`${walk.root}/${folder}`, { encoding: "buffer" })) {
    const path = folder === "" ? textOf(name) : `${folder}/${textOf(name)}`;
    try {
      if (!isUtf8(name)) throw badPath(path, "is not in UTF-8");
      if (!walk.ignore(path)) yield* visit(path, walk);
    } catch (error) {
      walk.problems.push(unreadable(path, error));
    }
    yield;
  }
}

function* visit(path: string, walk: Walk): Generator<void, void> {
  const stats = fs.lstatSync(`${walk.root}/${path}`);
  const mode = stats.mode & 0o7777;
  if (stats.isDirectory()) {
    walk.entries.push({ path, type: "dir", mode });
    yield* children(path, walk);
  } else if (stats.isSymbolicLink()) {
    walk.entries.push({ path, type: "link", target: linkTarget(path, walk) });
  } else if (stats.isFile()) {
    walk.entries.push({ path, type: "file", mode, ...(yield* digestAt(path, stats, walk)) });
  } else throw unsupported(path);
}

function* digestAt(path: string, { dev, ino, nlink }: Stats, { root, linked }: Walk): Generator<void, Digest> {
  const inode = `${dev}:${ino}`;
  const digest = linked.get(inode) ?? (yield* digesting({ file: `${root}/${path}` }, { path }));
  if (nlink > 1) linked.set(inode, digest);
  return digest;
}

function linkTarget(path: string, { root }: Walk): string {
  const bytes = fs.readlinkSync(`${root}/${path}`, { encoding: "buffer" });
  if (!isUtf8(bytes)) throw badPath(path, "is a link whose target is not in UTF-8");
  return bytes.toString();
}

function textOf(name: Buffer): string {
  return isUtf8(name) ? name.toString() : name.toString("latin1");
}
