/** One replacement in a text: what stands from `start` up to `end` becomes `by`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/** The text with all replacements made; they do not overlap, and those at one place keep their order. */
export function spliced(text: string, splices: readonly Splice[]): string {
  let result = "";
  let done = 0;
  for (const { start, end, by } of splices.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(done, start) + by;
    done = end;
  }
  return result + text.slice(done);
}

export function insertion(at: number, by: string): Splice {
  return { start: at, end: at, by };
}

export function deletion(start: number, end: number): Splice {
  return { start, end, by: "" };
}

export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

/** Where the line ends, before its line end. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  if (end < 0) return text.length;
  return end > offset && text[end - 1] === "\r" ? end - 1 : end;
}

/** Where the next line starts, or the end of the text. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end + 1;
}

/** The blanks that the line begins with; none beyond `offset`. */
export function indentAt(text: string, offset: number): string {
  const start = lineStart(text, offset);
  return text.slice(start, Math.min(pastBlanks(text, start), offset));
}

/** The line end in use around there: that of the line before, else that of the same line. */
export function eolAt(text: string, offset: number): string {
  const start = lineStart(text, offset);
  const end = start > 0 ? start - 1 : text.indexOf("\n", offset);
  return end > 0 && text[end - 1] === "\r" ? "\r\n" : "\n";
}

/** The next offset that holds neither a space nor a tab. */
export function pastBlanks(text: string, offset: number): number {
  let at = offset;
  while (text[at] === " " || text[at] === "\t") at++;
  return at;
}

/** Where the blanks before `offset` begin. */
export function beforeBlanks(text: string, offset: number): number {
  let at = offset;
  while (text[at - 1] === " " || text[at - 1] === "\t") at--;
  return at;
}

export function hasBlankLine(text: string): boolean {
  return /\n[ \t]*\r?\n/.test(text);
}

/** Where the blank line above `row` starts, no further up than `from`; else `row`. */
export function blankAbove(text: string, { row, from }: { row: number; from: number }): number {
  const above = lineStart(text, Math.max(0, row - 1));
  return above >= from && text.slice(above, row).trim() === "" ? above : row;
}
