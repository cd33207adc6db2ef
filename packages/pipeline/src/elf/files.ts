import fs from "node:fs/promises";
import type { Content, FileEntry } from "@facsimile/manifest";
import pLimit from "p-limit";
import type { HostCopy } from "../release/release.ts";
import { type Elf, type ReadAt, readElf } from "./elf.ts";

export interface ElfFile {
  /** In the tree. */
  readonly path: string;
  readonly elf: Elf;
}

/** Files open at once. */
const OPEN = 16;

/**
 * Finds the ELF files of trees that need something. Only what is executable or called a shared library is opened, and of that only what its
 * headers name is read; what several trees hold is read once.
 */
export function elfReader(): (tree: Pick<HostCopy, "tree" | "manifest" | "treeId">) => Promise<readonly ElfFile[]> {
  const slots = pLimit(OPEN);
  const known = new Map<string, Promise<Elf | undefined>>();
  const trees = new Map<string, Promise<readonly ElfFile[]>>();
  const elfOf = ({ sha256, size }: FileEntry, content: Content) => {
    const found = known.get(sha256) ?? slots(() => readContent(content, size));
    known.set(sha256, found);
    return found;
  };
  const filesOf = async ({ tree, manifest }: Pick<HostCopy, "tree" | "manifest">) => {
    const found = manifest.entries.filter(isCandidate).map(async (entry) => {
      const node = tree.get(entry.path);
      const elf = node?.type === "file" ? await elfOf(entry, node.content) : undefined;
      return elf === undefined || !isNeedy(elf) ? [] : [{ path: entry.path, elf }];
    });
    return (await Promise.all(found)).flat();
  };
  return (tree) => {
    const found = trees.get(tree.treeId) ?? filesOf(tree);
    trees.set(tree.treeId, found);
    return found;
  };
}

function isNeedy({ needed, interpreter }: Elf): boolean {
  return needed.length > 0 || interpreter !== undefined;
}

/** Debug information has the headers of the program that it is about, and is never run. */
function isCandidate(entry: HostCopy["manifest"]["entries"][number]): entry is FileEntry {
  if (entry.type !== "file" || /(^|\/)\.debug\/|\.debug$/.test(entry.path)) return false;
  return (entry.mode & 0o111) !== 0 || /\.so(\.[^/]*)?$/.test(entry.path);
}

async function readContent(content: Content, size: number): Promise<Elf | undefined> {
  if ("bytes" in content) return readElf(async (offset, length) => content.bytes.subarray(offset, offset + length));
  const file = await fs.open(content.file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  try {
    return await readElf(await reading(file, size));
  } finally {
    await file.close();
  }
}

/** Holds the headers, the loader's name and mostly the names of libraries: all but one piece, in most files. */
const HEAD = 16_384;

async function reading(file: fs.FileHandle, size: number): Promise<ReadAt> {
  const read: ReadAt = async (offset, length) => {
    const wanted = Math.min(length, size - offset);
    if (!(wanted > 0)) return new Uint8Array();
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, offset);
    return buffer.subarray(0, bytesRead);
  };
  const head = await read(0, HEAD);
  return async (offset, length) =>
    offset + length <= head.length ? head.subarray(offset, offset + length) : read(offset, length);
}
