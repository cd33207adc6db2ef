import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from "diff";
import type { Style } from "./style.ts";
import { harmlessLines } from "./value.ts";

export interface ChangesOptions {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** The changed lines of a file with two around them, as `diff -u` shows them; of two equal texts nothing. */
export function changesText(options: ChangesOptions, style: Style): string {
  const lines = changedLines(options, style).map(({ text }) => text);
  if (lines.length === 0) return "";
  const file = shownLine(options.file);
  return [`--- ${file}`, `+++ ${file}`, ...lines].map((line) => `${line}\n`).join("");
}

export interface Line {
  /** `-`, `+`, a blank for what is the same, `@` for where it stands; else a remark. */
  readonly sign: string;
  /** With its sign, and its colour. */
  readonly text: string;
}

/** {@link changesText} line by line, without the names of the file. */
export function changedLines(
  { before, after }: Pick<ChangesOptions, "before" | "after">,
  { red, green, dim }: Style,
): readonly Line[] {
  const patch = structuredPatch("a", "b", before, after, undefined, undefined, { context: 2 });
  if (patch.hunks.length === 0) return [];
  const lines = formatPatch(patch, FILE_HEADERS_ONLY).split("\n").slice(2, -1).map(shownLine);
  const colours = { "@": dim, "-": red, "+": green };
  return lines.map((line) => {
    const sign = line.charAt(0);
    return { sign, text: colours[sign as keyof typeof colours]?.(line) ?? line };
  });
}

/** Tabs stay, the end of a line goes. */
function shownLine(line: string): string {
  return harmlessLines(line.replace(/\r$/, ""));
}
