import { FacsimileError } from "@facsimile/core";

/**
 * What is wrong with the paths of one tree, all of it: `TREE_BAD_PATH` for a path that is empty, absolute, no valid
 * Unicode, or has a NUL or a part that is empty, `.` or `..`; `TREE_SAME_PATH` for two that are equal after Unicode
 * normalisation (NFC), which some file systems take for one.
 */
export function checkTreePaths(paths: Iterable<string>): FacsimileError[] {
  const problems: FacsimileError[] = [];
  const seen = new Map<string, string>();
  for (const path of paths) {
    const flaw = flawOf(path);
    if (flaw !== undefined) problems.push(badPath(path, flaw));
    const normal = path.normalize("NFC");
    const other = seen.get(normal);
    if (other === undefined) seen.set(normal, path);
    else problems.push(samePath(other, path));
  }
  return problems;
}

/** What makes `path` unfit for a tree, in words; `undefined` for a fit one. */
export function flawOf(path: string): string | undefined {
  if (path === "") return "is empty";
  if (path.startsWith("/")) return "is absolute";
  if (path.includes("\0")) return "holds a NUL";
  if (/\p{Surrogate}/u.test(path)) return "is not valid Unicode";
  for (const part of path.split("/")) {
    if (part === "") return "has an empty part";
    if (part === "." || part === "..") return `has the part "${part}"`;
  }
  return undefined;
}

export function badPath(path: string, flaw: string): FacsimileError {
  return new FacsimileError("TREE_BAD_PATH", `${JSON.stringify(path)} cannot be a path of a tree: it ${flaw}`, {
    hint: "Rename it: a path is relative, in UTF-8, and its parts are real names.",
  });
}

function samePath(a: string, b: string): FacsimileError {
  const same = a === b ? "is there twice" : `and ${escaped(b)} are the same name in Unicode (NFC)`;
  return new FacsimileError("TREE_SAME_PATH", `${escaped(a)} ${same}`, { hint: "Rename or remove one of them." });
}

// Names that look alike are told apart by their escapes.
function escaped(path: string): string {
  return JSON.stringify(path).replace(/[^\x20-\x7e]/gu, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`);
}
