import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from "diff";
import type { Style } from "./style.ts";
import { harmlessLines } from "./value.ts";

export interface ChangesOptions {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** The changed lines of a file with two around them, as `diff -u` shows them; of two equal texts nothing. */
export function changesText({ file, before, after }: ChangesOptions, { red, green, dim }: Style): string {
  const patch = structuredPatch(file, file, before, after, undefined, undefined, { context: 2 });
  if (patch.hunks.length === 0) return "";
  const [from, to, ...lines] = formatPatch(patch, FILE_HEADERS_ONLY).split("\n").slice(0, -1).map(shownLine);
  const colours = { "@": dim, "-": red, "+": green };
  const shown = lines.map((line) => colours[line.charAt(0) as keyof typeof colours]?.(line) ?? line);
  return [from, to, ...shown].map((line) => `${line}\n`).join("");
}

/** Tabs stay, the end of a line goes. */
function shownLine(line: string): string {
  return harmlessLines(line.replace(/\r$/, ""));
}
