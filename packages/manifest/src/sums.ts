import { FacsimileError } from "@facsimile/core";
import type { Manifest } from "./types.ts";

/** One line of `sha256sum`. */
export interface Sum {
  readonly path: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** The files of a manifest as `sha256sum -c` reads them in the tree's folder. */
export function formatSums({ entries }: Manifest): string {
  return entries.map((entry) => (entry.type === "file" ? `${formatSum(entry)}\n` : "")).join("");
}

/**
 * Reads what `sha256sum` or {@link formatSums} wrote, text or binary form; a leading `./` of a name is dropped.
 *
 * @throws `SUMS_INVALID` naming the line.
 */
export function parseSums(text: string): Sum[] {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw invalid(lines.length + 1, "has no end");
  return lines.map((line, index) => {
    const [, mark, sha256, name] = LINE.exec(line) ?? [];
    const path = mark === "\\" ? unescaped(name ?? "") : name;
    if (sha256 === undefined || path === undefined) throw invalid(index + 1, "is not a sum, two blanks and a name");
    return { path: path.replace(/^\.\//, ""), sha256 };
  });
}

const LINE = /^(\\?)([0-9a-f]{64}) [ *](.+)$/s;

// coreutils, "cksum output modes": a name with a backslash, newline or carriage return is escaped, and so says the
// backslash before the sum. A file named "-" would be taken for standard input.
function formatSum({ path, sha256 }: Sum): string {
  const name = path === "-" ? "./-" : path;
  if (!/[\\\n\r]/.test(name)) return `${sha256}  ${name}`;
  return `\\${sha256}  ${name.replace(/[\\\n\r]/g, (c) => ({ "\\": "\\\\", "\n": "\\n", "\r": "\\r" })[c] ?? c)}`;
}

function unescaped(name: string): string | undefined {
  if (!/^(?:[^\\]|\\[\\nr])*$/.test(name)) return undefined;
  return name.replace(/\\(.)/g, (_, c: string) => ({ n: "\n", r: "\r" })[c] ?? c);
}

function invalid(line: number, flaw: string): FacsimileError {
  return new FacsimileError("SUMS_INVALID", `the list of sums is not sound: line ${line} ${flaw}`, {
    hint: "It was cut or changed after it was written. Take it from its source again.",
  });
}
