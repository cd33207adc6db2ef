import type { Range } from "../files/lines.ts";
import {
  beforeBlanks,
  blankAbove,
  deletion,
  eolAt,
  hasBlankLine,
  indentAt,
  insertion,
  lineEnd,
  lineStart,
  nextLine,
  pastBlanks,
  type Splice,
  spliced,
} from "./splice.ts";

/** A map or list between brackets, its items parted by commas: JSON, JSON5, a flow collection of YAML. */
export interface Delimited {
  readonly text: string;
  /** Behind the opening bracket. */
  readonly open: number;
  /** At the closing bracket. */
  readonly close: number;
  readonly items: readonly Range[];
  /** The offset behind the comment that begins at `offset`, before its line's end; undefined where none begins. */
  readonly commentEnd: (text: string, offset: number) => number | undefined;
}

/** The indentation of the line that the item begins; undefined where it stands behind something in its line. */
export function rowIndent(list: Delimited, index: number): string | undefined {
  const start = list.items[index]?.[0] ?? list.close;
  const from = index === 0 ? list.open : endOf(list, index - 1);
  return list.text.slice(from, start).includes("\n") ? indentAt(list.text, start) : undefined;
}

/** The same for an item that would come behind item `after`, or first with -1. There are items. */
export function rowIndentBehind(list: Delimited, after: number): string | undefined {
  const next = list.items[after + 1];
  if (after < 0 || next === undefined) return rowIndent(list, Math.max(0, after));
  return rowIndent(list, after + 1) === undefined ? undefined : rowIndent(list, after);
}

export interface NewItem {
  readonly after: number;
  readonly item: string;
  /** What stands between a comma and the next item in one line. */
  readonly gap: string;
}

/** One more item behind `after`, or before all others with -1, as {@link rowIndentBehind} says. There are items. */
export function insertItem(list: Delimited, { after, item, gap }: NewItem): readonly Splice[] {
  const { text, open } = list;
  const indent = rowIndentBehind(list, after);
  if (after < 0) {
    if (indent === undefined) return [insertion(pastBlanks(text, open), `${item},${gap}`)];
    return [insertion(pastComments(list, open), `${eolAt(text, open)}${indent}${item},`)];
  }
  const end = endOf(list, after);
  const comma = commaBehind(list, end);
  const behind = comma === undefined ? end : comma + 1;
  if (indent === undefined) return [insertion(behind, comma === undefined ? `,${gap}${item}` : `${gap}${item},`)];

  const at = pastComments(list, behind);
  const eol = eolAt(text, at);
  const lead = `${eol}${isApart(list, { after, item, at }) ? eol : ""}${indent}`;
  if (comma !== undefined) return [insertion(at, `${lead}${item},`)];
  if (leadsWithComma(list, after)) return [insertion(at, `${lead}, ${item}`)];
  return [insertion(end, ","), insertion(at, `${lead}${item}`)];
}

/** Whether a blank line comes before an item of several lines at the end, as one does before the last. */
function isApart(list: Delimited, { after, item, at }: { after: number; item: string; at: number }): boolean {
  const { text, close } = list;
  if (after === 0 || !item.includes("\n") || text.slice(at, close).trim() !== "") return false;
  return hasBlankLine(text.slice(endOf(list, after - 1), list.items[after]?.[0]));
}

export interface Filling {
  /** All items with their commas; in rows also their indentation and the line ends between them. */
  readonly body: string;
  readonly rows: boolean;
  /** What stands between a bracket and an item in one line. */
  readonly pad: string;
}

/** The items of a map or list that holds none; comments in it stay, before them. */
export function fillItems({ text, open, close }: Delimited, { body, rows, pad }: Filling): readonly Splice[] {
  const inner = text.slice(open, close);
  const blank = inner.trim() === "";
  if (!rows) {
    if (blank) return [{ start: open, end: close, by: `${pad}${body}${pad}` }];
    return [insertion(close, `${/\s$/.test(inner) ? "" : " "}${body}${pad}`)];
  }
  const at = blank ? open : Math.min(lineEnd(text, open + inner.trimEnd().length), beforeBlanks(text, close));
  const eol = eolAt(text, at);
  if (text.slice(at, close).includes("\n")) return [insertion(at, `${eol}${body}`)];
  return [{ start: at, end: close, by: `${eol}${body}${eol}${indentAt(text, open)}` }];
}

/**
 * Without that item, its comma, its line where it stands alone in it, and then a comment behind it. A last comma is left
 * only where one was; of two blank lines one goes, and so do blanks between the brackets where nothing else is.
 */
export function removeItem(list: Delimited, index: number): readonly Splice[] {
  const { text, open, close } = list;
  const [start, end] = list.items[index] ?? [close, close];
  const comma = commaBehind(list, end);
  const before = index === 0 ? undefined : commaBehind(list, endOf(list, index - 1));
  const isNear = comma !== undefined && !text.slice(end, comma).includes("\n");
  const takesBefore = before !== undefined && !isNear && (comma === undefined || leadsWithComma(list, index));

  const cut = cutItem(list, { index, start, end: isNear ? comma + 1 : end, comma: takesBefore ? before : undefined });
  const cuts = [cut];
  if (takesBefore && before < cut.start) cuts.push(deletion(before, before + 1));
  if (!takesBefore && !isNear && comma !== undefined) cuts.push(deletion(comma, pastBlanks(text, comma + 1)));

  const left = spliced(text.slice(0, close), cuts).slice(open);
  return left.trim() === "" ? [deletion(open, close)] : cuts;
}

interface Cut {
  readonly index: number;
  readonly start: number;
  /** Behind the item, or behind its comma in the same line. */
  readonly end: number;
  /** The comma before the item, where that one goes. */
  readonly comma: number | undefined;
}

function cutItem(list: Delimited, cut: Cut): Splice {
  const { text, open, close } = list;
  const { index, start, end } = cut;
  const row = lineStart(text, start);
  const tail = pastComments(list, end);
  const ends = nextLine(text, tail);
  if (row >= open && headOf(list, { row, cut }) === start) {
    const below = text.slice(ends, Math.min(close, nextLine(text, ends)));
    const from = index > 0 && below.trim() === "" ? endOf(list, index - 1) : row;
    if (ends <= close && text.slice(tail, ends).trim() === "") return deletion(blankAbove(text, { row, from }), ends);
    if (pastBlanks(text, tail) === close) return { start: row, end: close, by: indentAt(text, open) };
    return deletion(start, pastBlanks(text, end));
  }
  if (index > 0) return deletion(beforeBlanks(text, start), end);
  const next = pastBlanks(text, end);
  const isAlone = endsLine(text, end) && list.items.length > 1;
  return deletion(start, isAlone ? pastBlanks(text, nextLine(text, next)) : next);
}

/** Where the line's first thing stands that is neither blank nor comment nor the comma to go. */
function headOf(list: Delimited, { row, cut: { comma } }: { row: number; cut: Cut }): number {
  const head = pastBlanks(list.text, pastComments(list, row));
  return head === comma ? pastBlanks(list.text, pastComments(list, head + 1)) : head;
}

function leadsWithComma(list: Delimited, index: number): boolean {
  const start = list.items[index]?.[0] ?? 0;
  return /^[ \t]*,[ \t]*$/.test(list.text.slice(lineStart(list.text, start), start));
}

/** What stands between a comma and the next item in one line: a blank or nothing; undefined where no line shows it. */
export function gapOf(list: Delimited): string | undefined {
  if (list.items.length < 2 || rowIndent(list, 1) !== undefined) return undefined;
  const comma = commaBehind(list, endOf(list, 0));
  if (comma === undefined) return undefined;
  return /\s/.test(list.text.charAt(comma + 1)) ? " " : "";
}

/** The comment that alone follows the opening bracket in its line; empty where there is none. */
export function openingComment(list: Delimited): string {
  const end = pastComments(list, list.open);
  return endsLine(list.text, end) ? list.text.slice(list.open, end).trim() : "";
}

/** Where one more comment can stand behind an item and its comma; undefined where something else follows in the line. */
export function commentPlace(list: Delimited, index: number): number | undefined {
  const end = endOf(list, index);
  const comma = commaBehind(list, end);
  const isNear = comma !== undefined && !list.text.slice(end, comma).includes("\n");
  const at = pastComments(list, isNear ? comma + 1 : end);
  return endsLine(list.text, at) ? at : undefined;
}

function endsLine(text: string, offset: number): boolean {
  return lineEnd(text, offset) === pastBlanks(text, offset);
}

/** The comma behind an item that ends at `end`. */
export function commaBehind({ text, close, commentEnd }: Delimited, end: number): number | undefined {
  let at = end;
  while (at < close && text[at] !== ",") {
    const next = /\s/.test(text[at] ?? "") ? at + 1 : commentEnd(text, at);
    if (next === undefined) return undefined;
    at = next;
  }
  return at < close ? at : undefined;
}

/** Behind the comments that follow in the same line; `offset` where there are none. */
function pastComments({ text, commentEnd }: Delimited, offset: number): number {
  let end = offset;
  for (;;) {
    const start = pastBlanks(text, end);
    const next = commentEnd(text, start);
    if (next === undefined || text.slice(start, next).includes("\n")) return end;
    end = next;
  }
}

function endOf({ items, open }: Delimited, index: number): number {
  return items[index]?.[1] ?? open;
}
