import { compareBytes, escapedBytes } from "@facsimile/core";
import type { Entry, Manifest } from "@facsimile/manifest";
import { UNREADABLE } from "./types.ts";

/** One line of snapshot/1. */
export interface Stat {
  /** Type and mode of stat(2). */
  readonly rawMode: number;
  readonly size: number;
  /** Inode and times, as the host wrote them; only ever compared. */
  readonly identity: string;
  /** The path as the host has it, with `./`. */
  readonly raw: Buffer;
}

/** snapshot/1: paths in the order of the host's find. */
export type Stats = ReadonlyMap<string, Stat>;

const [TYPE_MASK, TYPE_DIR, TYPE_LINK, TYPE_FILE] = [0o170000, 0o040000, 0o120000, 0o100000];

/** Reads records that end with NUL, one after the other. */
export class Records {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  next(): string {
    return textOf(this.nextBytes());
  }

  nextBytes(): Buffer {
    const end = this.#bytes.indexOf(0, this.#at);
    const stop = end < 0 ? this.#bytes.length : end;
    const record = this.#bytes.subarray(this.#at, stop);
    this.#at = stop + 1;
    return record;
  }

  rest(): Buffer {
    return this.#bytes.subarray(Math.min(this.#at, this.#bytes.length));
  }
}

/** @returns `undefined` when it is of another format, or paths and lines do not match: things moved while it was written. */
export function parseStats(records: Records): Stats | undefined {
  const known = records.next() === "snapshot/1";
  const paths: Buffer[] = [];
  for (let path = records.nextBytes(); path.length > 0; path = records.nextBytes()) paths.push(path);
  const lines = records.next().split("\n").slice(0, -1);
  if (!known || lines.length !== paths.length) return undefined;
  return new Map(paths.map((raw, i) => [textOf(raw.subarray("./".length)), parseStat(lines[i] ?? "", raw)]));
}

function parseStat(line: string, raw: Buffer): Stat {
  const [mode = "", inode = "", size = "", ...times] = line.split(" ");
  return { rawMode: Number.parseInt(mode, 16), size: Number(size), identity: `${inode} ${times.join(" ")}`, raw };
}

/** UTF-8; a stray file may have another name, which is then shown byte by byte and equals no path of a release. */
function textOf(bytes: Buffer): string {
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? text : escapedBytes(bytes);
}

/** Paths that differ in anything, came or went; sorted. */
export function movedPaths(before: Stats, now: Stats): string[] {
  const differs = (path: string): boolean => {
    const [a, b] = [before.get(path), now.get(path)];
    return a?.rawMode !== b?.rawMode || a?.size !== b?.size || a?.identity !== b?.identity;
  };
  return [...new Set([...before.keys(), ...now.keys()])].filter(differs).sort(compareBytes);
}

/** What the agent's op_list says behind the folder's name. `undefined`: paths came and went meanwhile. */
export function parseListing(records: Records): { stats: Stats; manifest: Manifest } | undefined {
  const stats = parseStats(records);
  if (stats === undefined) return undefined;
  const all = [...stats];
  const targets = new Map(all.filter(([, stat]) => isLink(stat)).map(([path]) => [path, records.next()]));
  const files = all.flatMap(([, stat]) => ((stat.rawMode & TYPE_MASK) === TYPE_FILE ? [stat.raw] : []));
  const hashes = parseHashes(records.rest(), files);
  if (hashes === undefined) return undefined;
  const found = ([path, stat]: readonly [string, Stat]) => ({
    target: targets.get(path),
    sha256: hashes.get(stat.raw),
  });
  const entries = all.map((each) => entryOf(...each, found(each)));
  return { stats, manifest: { entries: entries.sort((a, b) => compareBytes(a.path, b.path)) } };
}

function isLink(stat: Stat): boolean {
  return (stat.rawMode & TYPE_MASK) === TYPE_LINK;
}

function entryOf(path: string, stat: Stat, found: { target: string | undefined; sha256: string | undefined }): Entry {
  const mode = stat.rawMode & 0o7777;
  if ((stat.rawMode & TYPE_MASK) === TYPE_DIR) return { path, type: "dir", mode };
  if (isLink(stat)) return { path, type: "link", target: found.target ?? "" };
  // Sockets, pipes and devices have no place in a release; shown as files that cannot be read, they differ from all.
  return { path, type: "file", mode, size: stat.size, sha256: found.sha256 ?? UNREADABLE };
}

/**
 * `<hash>  ./<path>` lines in the order of `files`. Reading them by the paths that must come next makes newlines in names
 * harmless, whether the tool escapes them (GNU: a backslash before the hash) or not (BusyBox). Files it could not read are missing.
 */
export function parseHashes(output: Buffer, files: readonly Buffer[]): ReadonlyMap<Buffer, string> | undefined {
  const hashes = new Map<Buffer, string>();
  let at = 0;
  for (const file of files) {
    const line = lineFor(output, at, file) ?? lineFor(output, at, file, "\\");
    if (line === undefined) continue;
    hashes.set(file, line.sha256);
    at = line.end;
  }
  return at === output.length ? hashes : undefined;
}

const HASH_LENGTH = 64;

function lineFor(output: Buffer, at: number, file: Buffer, mark = ""): { sha256: string; end: number } | undefined {
  const name = mark === "" ? file.toString("latin1") : escapeName(file.toString("latin1"));
  const expected = Buffer.from(`  ${name}\n`, "latin1");
  const start = at + mark.length;
  const end = start + HASH_LENGTH + expected.length;
  const hash = output.toString("latin1", start, start + HASH_LENGTH);
  if (output.toString("latin1", at, start) !== mark || !/^[0-9a-f]{64}$/.test(hash)) return undefined;
  return output.subarray(start + HASH_LENGTH, end).equals(expected) ? { sha256: hash, end } : undefined;
}

// sha256sum(1): backslash, newline and carriage return are escaped.
function escapeName(name: string): string {
  return name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
}
