import type { CST } from "yaml";
import { deletion, eolAt, insertion, lineEnd, lineStart, nextLine, pastBlanks, type Splice } from "./splice.ts";
import { headerEnd, type Slot, tokenEnd, tokenStart } from "./yaml-tokens.ts";

/** What follows a `:` or `-`: in its line, and in lines of its own, which are indented already. */
export interface Written {
  readonly inline: string;
  readonly lines: readonly string[];
}

export function isBlock({ type }: CST.Token): boolean {
  return type === "block-map" || type === "block-seq" || type === "block-scalar";
}

/** Another value in a block map or list, in the place of a block or of what begins in the line of its `:` or `-`. */
export function replaceInSlot(text: string, { slot, written }: { slot: Slot; written: Written }): readonly Splice[] {
  const { after, value } = slot;
  const below = linesBelow(text, { at: after, lines: written.lines });
  if (value === undefined) return [insertion(after, lead(written)), ...below];
  const start = tokenStart(value);
  if (!text.slice(after, start).includes("\n")) return replaceBeside(text, { slot, value, written });
  if (written.inline !== "") {
    return [insertion(after, lead(written)), ...below, deleteRows(text, { start, end: tokenEnd(value) })];
  }
  const rows = rowsOf(text, { start, end: tokenEnd(value) });
  return [{ ...rows, by: written.lines.join(eolAt(text, start)) }];
}

interface Beside {
  readonly slot: Slot;
  readonly value: CST.Token;
  readonly written: Written;
}

/** The value begins in the line of its `:` or `-`. A comment behind it stays there. */
function replaceBeside(text: string, { slot, value, written }: Beside): readonly Splice[] {
  const { inline, lines } = written;
  const [start, end] = [tokenStart(value), contentEnd(text, tokenEnd(value))];
  const head = value.type === "block-scalar" ? headerEnd(value) : end;
  const foot = lineEnd(text, head);
  const body = lines.map((line) => `${eolAt(text, start)}${line}`).join("");
  const rest = { start: foot, end: Math.max(foot, end), by: body };
  if (inline !== "") return [{ start, end: head, by: inline }, rest];
  const next = pastBlanks(text, head);
  return [next === foot ? deletion(slot.after, foot) : deletion(start, next), rest];
}

function lead({ inline }: Written): string {
  return inline === "" ? "" : ` ${inline}`;
}

function linesBelow(text: string, { at, lines }: { at: number; lines: readonly string[] }): readonly Splice[] {
  const eol = eolAt(text, at);
  return lines.length === 0 ? [] : [insertion(lineEnd(text, at), lines.map((line) => `${eol}${line}`).join(""))];
}

/** New lines behind the line in which something ends. */
export function insertRows(text: string, { end, lines }: { end: number; lines: readonly string[] }): Splice {
  const eol = eolAt(text, end);
  // A block scalar ends where the next line starts.
  if (text[end - 1] === "\n") return insertion(end, lines.map((line) => `${line}${eol}`).join(""));
  return insertion(lineEnd(text, end), lines.map((line) => `${eol}${line}`).join(""));
}

interface Extent {
  readonly start: number;
  readonly end: number;
}

/** Without the lines from `start` to `end`; a text without a last line end stays so. */
export function deleteRows(text: string, extent: Extent): Splice {
  const { start, end } = rowsOf(text, extent);
  const next = nextLine(text, end);
  return next > end ? deletion(start, next) : deletion(contentEnd(text, start), end);
}

/** From the start of the first line to the end of the last, before its line end. */
function rowsOf(text: string, { start, end }: Extent): Extent {
  return { start: lineStart(text, start), end: lineEnd(text, contentEnd(text, end)) };
}

/** Before the line end, where one ends there. */
export function contentEnd(text: string, end: number): number {
  if (text[end - 1] !== "\n") return end;
  return text[end - 2] === "\r" ? end - 2 : end - 1;
}
