import path from "node:path";
import type { ElfFile } from "./files.ts";

/** Where a tree is to lie on a host. */
export interface TreePlace {
  /** Absolute. */
  readonly root: string;
  /** Paths of the tree that lead out of it, and where: `deploy.shared`. */
  readonly shared: Readonly<Record<string, string>>;
}

/** Whether a search path differs from loader to loader (`$LIB`, `$PLATFORM`): nothing can then be said of the file. */
export function isUncertain({ elf }: ElfFile): boolean {
  return elf.runpath.some((folder) => folder.replaceAll(ORIGIN, "").includes("$"));
}

/** The folders outside of the tree that a file has searched, absolute: those inside hold what the release says. */
export function foldersOf({ path: file, elf }: ElfFile, { root, shared }: TreePlace): readonly string[] {
  const origin = path.posix.join(root, path.posix.dirname(file));
  return elf.runpath
    .map((folder) => folder.replaceAll(ORIGIN, () => origin))
    .filter((folder) => path.posix.isAbsolute(folder))
    .map((folder) => path.posix.normalize(`${folder}/`))
    .flatMap((folder) => {
      if (!folder.startsWith(`${root}/`)) return [folder];
      const inside = folder.slice(root.length + 1);
      return Object.entries(shared).flatMap(([link, to]) =>
        inside.startsWith(`${link}/`) ? [path.posix.join(to, inside.slice(link.length))] : [],
      );
    });
}

// ld.so(8): the folder of the file itself.
const ORIGIN = /\$(?:ORIGIN\b|\{ORIGIN\})/g;
