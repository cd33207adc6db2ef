import { compareBytes, escapedBytes } from "@facsimile/core";
import type { Entry, FileEntry, Manifest } from "@facsimile/manifest";
import { UNREADABLE } from "../types.ts";

/** What a snapshot says of one path. */
export interface Stat {
  readonly type: "dir" | "file" | "link" | "other";
  /** Without the type's bits. */
  readonly mode: number;
  readonly size: number;
  /** All of it but the path, as the host wrote it; only ever compared. */
  readonly identity: string;
  /** Of a link. */
  readonly target: string;
  /** The path as the host has it, with `./`. */
  readonly raw: Buffer;
}

/** snapshot/1 or snapshot/2: paths in the order of the host's find. */
export type Stats = ReadonlyMap<string, Stat>;

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
  const format = records.next();
  if (format === "snapshot/2") return parsePairs(records);
  return format === "snapshot/1" ? parseColumns(records) : undefined;
}

/** snapshot/2: a path, then what find(1) -printf `%y %m %i %s %T@ %C@ %l` says of it; an empty path ends it. */
function parsePairs(records: Records): Stats | undefined {
  const stats = new Map<string, Stat>();
  for (let raw = records.nextBytes(); raw.length > 0; raw = records.nextBytes()) {
    const identity = records.next();
    const [, type = "", mode = "", size = ""] = FACTS.exec(identity) ?? [];
    if (type === "") return undefined;
    const target = type === "l" ? identity.split(" ").slice(6).join(" ") : "";
    stats.set(pathOf(raw), { type: LETTERS[type] ?? "other", mode: Number.parseInt(mode, 8), size: Number(size), identity, target, raw }); // biome-ignore format: one line
  }
  return stats;
}

const FACTS = /^([a-zA-Z]) ([0-7]+) \d+ (\d+) /;

const LETTERS: Readonly<Record<string, Stat["type"]>> = { d: "dir", f: "file", l: "link" };

/** snapshot/1: all paths, then all lines, then all targets of links. */
function parseColumns(records: Records): Stats | undefined {
  const paths: Buffer[] = [];
  for (let path = records.nextBytes(); path.length > 0; path = records.nextBytes()) paths.push(path);
  const lines = records.next().split("\n").slice(0, -1);
  const stats = lines.length === paths.length ? paths.map((raw, i) => parseStat(lines[i] ?? "", raw)) : undefined;
  const targets = (stats ?? []).map(({ type }) => (type === "link" ? records.next() : ""));
  if (records.next() !== "" || stats === undefined) return undefined;
  return new Map(stats.map((stat, i) => [pathOf(stat.raw), { ...stat, target: targets[i] ?? "" }]));
}

// stat(2): the type above the twelve bits of the mode.
const TYPE_BITS: Readonly<Record<number, Stat["type"]>> = { 4: "dir", 8: "file", 10: "link" };

function parseStat(line: string, raw: Buffer): Stat {
  const [mode = "", , size = ""] = line.split(" ", 3);
  const bits = Number.parseInt(mode, 16);
  return { type: TYPE_BITS[bits >> 12] ?? "other", mode: bits & 0o7777, size: Number(size), identity: line, target: "", raw }; // biome-ignore format: one line
}

function pathOf(raw: Buffer): string {
  return textOf(raw.subarray("./".length));
}

/** UTF-8; a stray file may have another name, which is then shown byte by byte and equals no path of a release. */
export function textOf(bytes: Buffer): string {
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? text : escapedBytes(bytes);
}

/** Paths that differ in anything, came or went; sorted. */
export function movedPaths(before: Stats, now: Stats): string[] {
  const differs = (path: string): boolean => before.get(path)?.identity !== now.get(path)?.identity;
  return [...new Set([...before.keys(), ...now.keys()])].filter(differs).sort(compareBytes);
}

/**
 * What the agent's op_list and op_prove say behind the folder's name. `undefined`: paths came and went meanwhile.
 * @param linked what files that were not hashed must be, for they are links to proven ones of that size and mode.
 * @param hashed the paths that were asked for, in their order. Default: every file of the listing, in its order.
 */
export function parseListing(
  records: Records,
  { linked, hashed }: { linked?: ReadonlyMap<string, FileEntry> | undefined; hashed?: readonly Buffer[] } = {},
): { stats: Stats; manifest: Manifest } | undefined {
  const stats = parseStats(records);
  if (stats === undefined) return undefined;
  const files = [...stats.values()].flatMap(({ type, raw }) => (type === "file" ? [raw] : []));
  const hashes = parseHashes(records.rest(), hashed ?? files);
  if (hashes === undefined) return undefined;
  const byPath = hashed && new Map([...hashes].map(([raw, sha256]) => [pathOf(raw), sha256]));
  const entries: Entry[] = [];
  for (const [path, stat] of stats) {
    const sha256 = byPath === undefined ? hashes.get(stat.raw) : byPath.get(path);
    entries.push(entryOf(path, stat, sha256 ?? known(stat, linked?.get(path))));
  }
  return { stats, manifest: { entries: entries.sort((a, b) => compareBytes(a.path, b.path)) } };
}

/** What the agent's op_way says of paths: listings one behind the other, each with its hashes. `undefined` as above. */
export function parseListings(records: Records): Manifest | undefined {
  const entries: Entry[] = [];
  while (!records.done) {
    const stats = parseStats(records);
    const files = [...(stats?.values() ?? [])].flatMap(({ type, raw }) => (type === "file" ? [raw] : []));
    const hashes = parseHashes(records.nextBytes(), files);
    if (stats === undefined || hashes === undefined) return undefined;
    for (const [path, stat] of stats) entries.push(entryOf(path, stat, hashes.get(stat.raw)));
  }
  return { entries: entries.sort((a, b) => compareBytes(a.path, b.path)) };
}

function known({ size, mode }: Stat, entry: FileEntry | undefined): string | undefined {
  return entry?.size === size && entry.mode === mode ? entry.sha256 : undefined;
}

function entryOf(path: string, { type, mode, size, target }: Stat, sha256 = UNREADABLE): Entry {
  if (type === "dir") return { path, type, mode };
  if (type === "link") return { path, type, target };
  // Sockets, pipes and devices have no place in a release; shown as files that cannot be read, they differ from all.
  return { path, type: "file", mode, size, sha256 };
}

/**
 * `<hash>  ./<path>` lines in the order of `files`. Reading them by the paths that must come next makes newlines in names
 * harmless, whether the tool escapes them (a backslash before the hash) or not (BusyBox). Files it could not read are missing.
 */
export function parseHashes(output: Buffer, files: readonly Buffer[]): ReadonlyMap<Buffer, string> | undefined {
  const hashes = new Map<Buffer, string>();
  let at = 0;
  for (const file of files) {
    const line = lineFor(file, output, at);
    if (line === undefined) continue;
    hashes.set(file, line.sha256);
    at = line.end;
  }
  return at === output.length ? hashes : undefined;
}

const HASH_LENGTH = 64;
const [BACKSLASH, BLANK, STAR, NEWLINE] = [0x5c, 0x20, 0x2a, 0x0a];

function lineFor(file: Buffer, output: Buffer, at: number): { sha256: string; end: number } | undefined {
  const isEscaped = output[at] === BACKSLASH;
  const start = isEscaped ? at + 1 : at;
  const from = start + HASH_LENGTH + 2;
  const sha256 = output.toString("latin1", start, from - 2);
  const isLine = /^[0-9a-f]{64}$/.test(sha256) && output[from - 2] === BLANK && [BLANK, STAR].includes(output[from - 1] ?? 0); // biome-ignore format: one line
  if (!isLine) return undefined;
  for (const name of isEscaped ? escapedNames(file) : [file]) {
    const end = from + name.length;
    if (output[end] === NEWLINE && output.compare(name, 0, name.length, from, end) === 0)
      return { sha256, end: end + 1 };
  }
  return undefined;
}

/** sha256sum(1) escapes backslash, newline and carriage return; openssl-dgst(1) newlines only. */
function escapedNames(file: Buffer): Buffer[] {
  const name = file.toString("latin1");
  const openssl = name.replaceAll("\n", "\\n");
  const gnu = name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return [gnu, openssl].map((text) => Buffer.from(text, "latin1"));
}
