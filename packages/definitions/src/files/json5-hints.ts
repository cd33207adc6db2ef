import type { Lines } from "./lines.ts";

interface Place {
  /** Of the character that cannot be read. */
  readonly offset: number;
  /** Where a map or list opens that is never closed. */
  readonly unclosed: number | undefined;
  readonly lines: Lines;
}

/** What a person most probably meant where JSON5 cannot be read. */
export function hintFor(text: string, { offset, unclosed, lines }: Place): string | undefined {
  const char = text.charAt(offset);
  if (char === "") return unclosed === undefined ? undefined : notClosed(text, { unclosed, lines });
  const key = keyAround(text, offset);
  if (key !== undefined) return `Put the key in quotes: ${JSON.stringify(key)}.`;
  const word = wordAround(text, offset);
  if (word !== undefined) return `Put the text in quotes: ${JSON.stringify(word)}.`;
  if (/[“”„‘’«»`]/.test(char)) return "Quotes are \" or '.";
  if (char === "=") return "Between a key and its value stands a colon.";
  if (char === "#") return "A comment begins with //.";
  if (char === "\n" || char === "\r") return "A text ends on its line: is its quote missing?";
  return /["'}\]\w]$/.test(before(text, offset)) && /["'\w$[{]/.test(char)
    ? "Is a comma missing before it?"
    : undefined;
}

function notClosed(text: string, { unclosed, lines }: { unclosed: number; lines: Lines }): string {
  const { line, column } = lines.at([unclosed, unclosed]);
  return `The ${text.charAt(unclosed)} of line ${line}, column ${column}, is not closed.`;
}

/** `db1.eu`, where that was written as a key without quotes. */
function keyAround(text: string, offset: number): string | undefined {
  const from = startOfWord(text, offset);
  const [, key] = /^([\w$.@/-]+(?::[\w$.@/-]+)*)\s*:/.exec(text.slice(from, from + 200)) ?? [];
  const isKey = key !== undefined && offset < from + key.length && !/^[A-Za-z_$][\w$]*$/.test(key);
  return isKey && /(?:^|[{,])$/.test(before(text, from)) ? key : undefined;
}

/** `1.2.3` or `/srv/x`, where that was written as a value without quotes. */
function wordAround(text: string, offset: number): string | undefined {
  const from = startOfWord(text, offset);
  const [word] = /^[\w$.@/%{-][^\s,\]}"']*\}*/.exec(text.slice(from, from + 200)) ?? [];
  const isValue = word !== undefined && offset < from + word.length && /[:[,]$/.test(before(text, from));
  return isValue && !word.includes(":") ? word : undefined;
}

function startOfWord(text: string, offset: number): number {
  return offset - (/[\w$.@/%-]*$/.exec(text.slice(Math.max(0, offset - 100), offset))?.[0].length ?? 0);
}

/** What stands before `offset`, spaces left out. */
function before(text: string, offset: number): string {
  return text.slice(Math.max(0, offset - 200), offset).trimEnd();
}
