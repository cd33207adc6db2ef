import { posix } from "node:path";
import { didYouMean } from "@facsimile/core";
import type { Library } from "./liquid/engine.ts";
import type { Overlay, OverlayEntry } from "./overlay.ts";
import { partialText } from "./source.ts";

export interface NamedLibrary extends Library {
  /** The file as people know it. */
  nameOf(file: string): string;
}

/**
 * What templates include: everything in the overlays, weak to strong, by its path, what lies in `_LIB_/` also without
 * that, and, with `./` or `../` before it, what lies near the file that includes it.
 */
export function createLibrary([lib, ...overlays]: readonly [lib: Overlay, ...overlays: Overlay[]]): NamedLibrary {
  const entries = new Map<string, OverlayEntry>();
  for (const [path, entry] of lib.entries) entries.set(`_LIB_/${path}`, entry);
  for (const overlay of overlays) for (const [path, entry] of overlay.entries) entries.set(path, entry);
  const files = [...entries].filter(([, { type }]) => type === "file").map(([path]) => path);
  return {
    find(name, from) {
      const near = /^\.\.?\//.test(name) ? [posix.join(posix.dirname(from), name)] : [];
      return [...near, posix.normalize(name), posix.join("_LIB_", name)].find((path) => entries.has(path));
    },
    read(file) {
      const entry = entries.get(file);
      if (entry === undefined) throw new Error(`${file} was not found before it was read`);
      return partialText(entry);
    },
    suggest(name) {
      const names = files.flatMap((file) => [file, file.replace(/^_LIB_\//, "")]);
      return didYouMean(name, names) ?? files.find((file) => file.endsWith(`/${name}`));
    },
    tagLines: (file) => entries.get(file)?.tagLines ?? "remove",
    nameOf: (file) => entries.get(file)?.name ?? file,
  };
}
