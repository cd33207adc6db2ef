import path from "node:path";
import type { LibraryOffer } from "@facsimile/transport";
import type { Elf } from "./elf.ts";

/** What a file asks of its host: names, and absolute paths. Other paths depend on where it is started. */
export function librariesOf({ needed, interpreter }: Elf): string[] {
  const all = interpreter === undefined ? needed : [...needed, interpreter];
  return all.filter((library) => !library.includes("/") || path.posix.isAbsolute(library));
}

/** Whether a loader on the host finds the library for a file. */
export function isOffered(library: string, { elf, offer }: { elf: Elf; offer: LibraryOffer }): boolean {
  if (library.includes("/")) return offer.paths.has(library);
  if (offer.inFolders.has(library)) return true;
  // The cache knows of which kind a library is; where it has the name, a folder tells nothing more.
  const kinds = offer.cached.get(library);
  return kinds === undefined ? offer.listed.has(library) : kinds.some((kind) => isFor(elf, kind));
}

/** Whether the host runs files for such a processor. A release may bring others, for other hosts. */
export function isRunBy(machine: string, elf: Elf): boolean {
  const known = RUNS.find(([name]) => name.test(machine));
  return known === undefined || known[1].includes(elf.machine);
}

// ldconfig(8): -p marks libraries that are not of the oldest kind of their machine; glibc's elf/cache.c has the words.
function isFor({ machine, bits }: Elf, kind: string): boolean {
  const mark = MARKS[`${machine}/${bits}`];
  const words = kind.split(/, ?/);
  if (mark === undefined) return true;
  return mark === "" ? Object.values(MARKS).every((other) => !words.includes(other)) : words.includes(mark);
}

/** `e_machine/bits` → the mark; empty for kinds that have none. */
const MARKS: Readonly<Record<string, string>> = {
  "3/32": "",
  "40/32": "",
  "62/64": "x86-64",
  "62/32": "x32",
  "183/64": "AArch64",
  "8/64": "64bit",
  "21/64": "64bit",
  "22/64": "64bit",
  "43/64": "64bit",
};

/** `uname -m` → the `e_machine`s that it runs. */
const RUNS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^x86_64$/, [62, 3]],
  [/^i[3-6]86$/, [3]],
  [/^aarch64$/, [183, 40]],
  [/^arm/, [40]],
  [/^ppc64/, [21, 20]],
  [/^s390x$/, [22]],
  [/^riscv64$/, [243]],
];
