import { createHash } from "node:crypto";
import fs from "node:fs";
import { unreadable } from "./problems.ts";
import type { Content } from "./types.ts";

export interface Digest {
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** What is read of a file at a time, in bytes; no file is ever whole in memory. */
const CHUNK = 256 * 1024;

/** Shared by all: a step hands on what it read before it ends. */
const buffer = Buffer.allocUnsafe(CHUNK);

/**
 * Reads a content in steps and gives what it is; `onChunk` is handed each piece, which is only good until it returns.
 *
 * @throws `TREE_UNREADABLE`, naming `path`
 */
export function* digesting(
  content: Content,
  { path, onChunk }: { readonly path: string; readonly onChunk?: (chunk: Uint8Array) => void },
): Generator<void, Digest> {
  const hash = createHash("sha256");
  let size = 0;
  for (const chunk of chunksOf(content, path)) {
    hash.update(chunk);
    onChunk?.(chunk);
    size += chunk.length;
    yield;
  }
  return { size, sha256: hash.digest("hex") };
}

function* chunksOf(content: Content, path: string): Generator<Uint8Array> {
  if ("bytes" in content) return yield content.bytes;
  const file = named(path, () => fs.openSync(content.file, FLAGS));
  try {
    for (;;) {
      const length = named(path, () => fs.readSync(file, buffer, 0, CHUNK, null));
      if (length === 0) return;
      yield buffer.subarray(0, length);
    }
  } finally {
    fs.closeSync(file);
  }
}

// open(2): without it, a pipe that takes a file's place would keep us waiting for a writer.
const FLAGS = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK;

function named<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw unreadable(path, error);
  }
}
