import path from "node:path";
import { errnoOf, FacsimileError } from "@facsimile/core";
import { EXTENSIONS, parseSource, type SourceFile } from "./source-file.ts";
import { tooLarge } from "./source-text.ts";
import { type Texts, textsOf } from "./texts.ts";

/** Definition files by layer name: `storefront` → its files, of which there should be one. */
export type Listing = ReadonlyMap<string, readonly string[]>;

/** Definition files as they are at one moment: what was read or listed once stays so. */
export class Files {
  readonly #root: string;
  readonly #texts: Texts;
  readonly #sources: Map<string, SourceFile>;
  readonly #listings = new Map<string, Listing>();

  constructor(root: string, texts: Texts, sources: Iterable<readonly [string, SourceFile]> = []) {
    this.#root = root;
    this.#texts = texts;
    this.#sources = new Map(sources);
  }

  /** The same moment with other texts, by absolute path, in place of what was there or was not. */
  with(texts: ReadonlyMap<string, string>): Files {
    const others = [...this.#sources].filter(([file]) => !texts.has(file));
    return new Files(this.#root, textsOf(texts, this.#texts), others);
  }

  /** As people see it: relative to the root where it lies below it. */
  shown(file: string): string {
    const relative = path.relative(this.#root, file);
    return relative.startsWith("..") || path.isAbsolute(relative) ? file : relative.split(path.sep).join("/");
  }

  /** @throws what {@link parseSource} throws, and `FILE_UNREADABLE`. */
  read(file: string): SourceFile {
    const known = this.#sources.get(file);
    if (known !== undefined) return known;
    const text = this.#reading(file, () => this.#texts.text(file));
    if (text === undefined) throw tooLarge(this.shown(file));
    const source = parseSource({ file: this.shown(file), path: file, text });
    this.#sources.set(file, source);
    return source;
  }

  /** The definition files directly in a folder; empty where there is no such folder. @throws `FILE_UNREADABLE` */
  list(dir: string): Listing {
    const known = this.#listings.get(dir);
    if (known !== undefined) return known;
    const listing = listingOf(
      dir,
      this.#reading(dir, () => this.#texts.names(dir)),
    );
    this.#listings.set(dir, listing);
    return listing;
  }

  /** Every definition file in a folder and those below it, as people see them, in byte order. */
  below(dir: string): readonly string[] {
    const own = [...this.list(dir).values()].flat().map((file) => this.shown(file));
    const names = this.#reading(dir, () => this.#texts.names(dir)).filter((name) => !name.includes("."));
    return [...own, ...names.flatMap((name) => this.below(path.join(dir, name)))].sort();
  }

  #reading<T>(file: string, read: () => T): T {
    try {
      return read();
    } catch (cause) {
      const isEncoding = errnoOf(cause) === "ERR_ENCODING_INVALID_ENCODED_DATA";
      const reason = isEncoding ? "it is not UTF-8" : (cause as Error).message;
      throw new FacsimileError("FILE_UNREADABLE", `${this.shown(file)} cannot be read: ${reason}`, { cause });
    }
  }
}

const NAME = new RegExp(`^(.+)\\.(?:${EXTENSIONS.join("|")})$`);

function listingOf(dir: string, names: readonly string[]): Listing {
  const listing = new Map<string, string[]>();
  for (const name of [...names].sort()) {
    const layer = name.startsWith(".") ? undefined : NAME.exec(name)?.[1];
    if (layer === undefined) continue;
    const files = listing.get(layer);
    if (files === undefined) listing.set(layer, [path.join(dir, name)]);
    else files.push(path.join(dir, name));
  }
  return listing;
}
