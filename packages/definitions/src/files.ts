import fs from "node:fs";
import path from "node:path";
import { errnoOf, FacsimileError } from "@facsimile/core";
import { EXTENSIONS, MAX_BYTES, parseSource, type SourceFile, tooLarge } from "./source-file.ts";

/** Definition files by layer name: `storefront` → its files, of which there should be one. */
export type Listing = ReadonlyMap<string, readonly string[]>;

interface Cache {
  readonly parsed: Map<string, { readonly stamp: string; readonly source: SourceFile }>;
  readonly listed: Map<string, { readonly stamp: string; readonly listing: Listing }>;
}

/**
 * Definition files as they are at one moment: what was read or listed once stays so. {@link now} gives the files of a
 * later moment, which parses only what changed on disk.
 */
export class Files {
  readonly #root: string;
  readonly #cache: Cache;
  readonly #read = new Map<string, SourceFile>();
  readonly #listings = new Map<string, Listing>();

  constructor(root: string, cache: Cache = { parsed: new Map(), listed: new Map() }) {
    this.#root = root;
    this.#cache = cache;
  }

  now(): Files {
    return new Files(this.#root, this.#cache);
  }

  /** As people see it: relative to the root where it lies below it. */
  shown(file: string): string {
    const relative = path.relative(this.#root, file);
    return relative.startsWith("..") || path.isAbsolute(relative) ? file : relative.split(path.sep).join("/");
  }

  /** @throws what {@link parseSource} throws, and `FILE_UNREADABLE`. */
  read(file: string): SourceFile {
    const source = this.#read.get(file) ?? this.#readNow(file);
    this.#read.set(file, source);
    return source;
  }

  /** The definition files directly in a folder; empty where there is no such folder. */
  list(dir: string): Listing {
    const listing = this.#listings.get(dir) ?? this.#listNow(dir);
    this.#listings.set(dir, listing);
    return listing;
  }

  #readNow(file: string): SourceFile {
    const stat = this.#stat(file);
    const stamp = `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
    const known = this.#cache.parsed.get(file);
    if (known?.stamp === stamp) return known.source;
    // A FIFO would wait for ever.
    if (!stat.isFile()) throw this.#unreadable(file, new Error("it is no regular file"));
    if (stat.size > MAX_BYTES) throw tooLarge(this.shown(file));
    const source = parseSource({ file: this.shown(file), text: this.#text(file) });
    this.#cache.parsed.set(file, { stamp, source });
    return source;
  }

  #listNow(dir: string): Listing {
    const stat = fs.statSync(dir, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined || !stat.isDirectory()) return new Map();
    const stamp = `${stat.ino} ${stat.mtimeNs}`;
    const known = this.#cache.listed.get(dir);
    if (known?.stamp === stamp) return known.listing;
    const listing = listingOf(dir, fs.readdirSync(dir));
    this.#cache.listed.set(dir, { stamp, listing });
    return listing;
  }

  #stat(file: string): fs.BigIntStats {
    try {
      return fs.statSync(file, { bigint: true });
    } catch (cause) {
      throw this.#unreadable(file, cause);
    }
  }

  #text(file: string): string {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(fs.readFileSync(file));
    } catch (cause) {
      throw this.#unreadable(file, cause);
    }
  }

  #unreadable(file: string, cause: unknown): FacsimileError {
    const reason =
      errnoOf(cause) === "ERR_ENCODING_INVALID_ENCODED_DATA" ? "it is not UTF-8" : (cause as Error).message;
    return new FacsimileError("FILE_UNREADABLE", `${this.shown(file)} cannot be read: ${reason}`, { cause });
  }
}

const NAME = new RegExp(`^(.+)\\.(?:${EXTENSIONS.join("|")})$`);

function listingOf(dir: string, names: readonly string[]): Listing {
  const listing = new Map<string, string[]>();
  for (const name of [...names].sort()) {
    const layer = name.startsWith(".") ? undefined : NAME.exec(name)?.[1];
    if (layer === undefined) continue;
    const files = listing.get(layer) ?? [];
    listing.set(layer, [...files, path.join(dir, name)]);
  }
  return listing;
}
