import fs from "node:fs";
import path from "node:path";
import { errnoOf } from "@facsimile/core";
import { MAX_BYTES } from "./source-text.ts";

/** Where the texts of definition files come from; what cannot be read is thrown as it is. */
export interface Texts {
  /** The names in a folder, in no order; empty where there is no such folder. */
  names(dir: string): readonly string[];
  /** Undefined where the file is too large to be a definition. */
  text(file: string): string | undefined;
}

/** The files on disk. */
export const DISK: Texts = {
  names: (dir) => {
    try {
      return fs.readdirSync(dir);
    } catch (error) {
      if (["ENOENT", "ENOTDIR"].includes(errnoOf(error) ?? "")) return [];
      throw error;
    }
  },
  text: (file) => {
    // A FIFO would wait for ever.
    const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
      return readText(fd);
    } finally {
      fs.closeSync(fd);
    }
  },
};

let buffer: Buffer | undefined;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Through one buffer: for files so small, a new one costs more than the reading. */
function readText(fd: number): string | undefined {
  const stat = fs.fstatSync(fd);
  const { size } = stat;
  if (!stat.isFile()) throw new Error("it is no regular file");
  if (size > MAX_BYTES) return undefined;
  buffer ??= Buffer.allocUnsafeSlow(MAX_BYTES);
  let length = 0;
  while (length < size) {
    const read = fs.readSync(fd, buffer, length, size - length, null);
    if (read === 0) break;
    length += read;
  }
  return decoder.decode(buffer.subarray(0, length));
}

/** Texts by absolute path, as if they were files; what they do not hold comes from `below`. */
export function textsOf(texts: ReadonlyMap<string, string>, below: Texts = NONE): Texts {
  const folders = new Map<string, Set<string>>();
  for (const file of texts.keys()) {
    for (let inner = file; inner !== path.dirname(inner); inner = path.dirname(inner)) {
      const names = folders.get(path.dirname(inner)) ?? new Set();
      folders.set(path.dirname(inner), names.add(path.basename(inner)));
    }
  }
  return {
    names: (dir) => [...new Set([...below.names(dir), ...(folders.get(dir) ?? [])])],
    text: (file) => texts.get(file) ?? below.text(file),
  };
}

const NONE: Texts = {
  names: () => [],
  text: () => {
    throw new Error("there is no such file");
  },
};
