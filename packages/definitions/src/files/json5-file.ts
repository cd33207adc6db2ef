import { FacsimileError } from "@facsimile/core";
import type { Value } from "../value.ts";
import { hintFor } from "./json5-hints.ts";
import { plainJson } from "./json5-plain.ts";
import { type Json5Tree, json5Tree } from "./json5-tree.ts";
import { loadJson5 } from "./lazy.ts";
import type { Lines } from "./lines.ts";
import type { Parsed } from "./parsed.ts";
import { endOfString, escapeSeparators, type Scan, scanJson5 } from "./scan.ts";
import { settledJson } from "./settled.ts";
import { MAX_DEPTH, type SourceText } from "./source-text.ts";
import { findRange } from "./text-tree.ts";

/** JSON5 as the json5 package reads it; it alone decides what a file means. */
export function parseJson5(source: SourceText, lines: Lines): Parsed {
  const json = plainJson(source.text);
  return settled(source.text, json) ?? parseWith(source, { lines, parse: readJson5 });
}

/** Plain JSON; JSON5 in a file called `.json` is named as such. */
export function parseJson(source: SourceText, lines: Lines): Parsed {
  const parse = (text: string) => {
    try {
      return JSON.parse(text) as Value;
    } catch (cause) {
      readJson5(text);
      throw notJson(text, { lines, cause });
    }
  };
  return settled(source.text, source.text) ?? parseWith(source, { lines, parse });
}

/** What nearly all files are: read once, with nothing to tell. */
function settled(text: string, json: string | undefined): Parsed | undefined {
  const value = json === undefined ? undefined : settledJson(json, MAX_DEPTH);
  if (value === undefined) return undefined;
  let known: Json5Tree | undefined;
  return {
    value,
    isSettled: true,
    repeated: [],
    rangeOf: (path, part) => findRange((known ??= json5Tree(text)).root, { path, part }),
  };
}

function readJson5(text: string): Value {
  const json = plainJson(text);
  if (json !== undefined) {
    try {
      return JSON.parse(json) as Value;
    } catch {
      // json5 says what is wrong, if anything is.
    }
  }
  return loadJson5().parse<Value>(escapeSeparators(text));
}

interface Reading {
  readonly lines: Lines;
  readonly parse: (text: string) => Value;
}

function parseWith({ text }: SourceText, { lines, parse }: Reading): Parsed {
  const scan = scanJson5(text, MAX_DEPTH);
  if (scan.tooDeep !== undefined) {
    const position = lines.at([scan.tooDeep, scan.tooDeep + 1]);
    throw new FacsimileError("FILE_TOO_DEEP", `nested deeper than ${MAX_DEPTH} levels`, { position });
  }
  const value = parseOrExplain(text, { lines, parse, scan });
  let known: Json5Tree | undefined;
  const tree = () => (known ??= json5Tree(text));
  const repeated = scan.members > membersOf(value) ? tree().repeated : [];
  return { value, repeated, rangeOf: (path, part) => findRange(tree().root, { path, part }) };
}

function parseOrExplain(text: string, { lines, parse, scan }: Reading & { readonly scan: Scan }): Value {
  try {
    return parse(text);
  } catch (cause) {
    const { lineNumber, columnNumber } = cause as { lineNumber?: number; columnNumber?: number };
    if (!(cause instanceof SyntaxError) || lineNumber === undefined || columnNumber === undefined) throw cause;
    const message = cause.message.replace(/^JSON5: /, "").replace(/ at \d+:\d+$/, "");
    const offset = offsetOf(text, { lineNumber, columnNumber });
    const hint = hintFor(text, { offset, unclosed: scan.unclosed, lines });
    const position = lines.at([offset, offset + 1]);
    throw new FacsimileError("FILE_SYNTAX", `cannot be read: ${message}`, { hint, cause, position });
  }
}

/** json5 ends a line at `\n` alone, counts from 1, and of `\n` itself says column 0 of the next line. */
function offsetOf(text: string, { lineNumber, columnNumber }: { lineNumber: number; columnNumber: number }): number {
  let start = 0;
  for (let line = 1; line < lineNumber; line++) start = text.indexOf("\n", start) + 1;
  const offset = Math.min(Math.max(0, start + columnNumber - 1), text.length);
  const isHalf = /^[\udc00-\udfff]/.test(text.charAt(offset)) && /^[\ud800-\udbff]/.test(text.charAt(offset - 1));
  return isHalf ? offset - 1 : offset;
}

function notJson(text: string, { lines, cause }: { lines: Lines; cause: unknown }): FacsimileError {
  const start = firstJson5(text);
  const [what] = JSON5_ONLY.find(([, pattern]) => pattern.test(text.charAt(start))) ?? ["this"];
  const hint = "Rename the file to .json5, or write it as JSON.";
  const position = lines.at([start, start + 1]);
  return new FacsimileError("FILE_SYNTAX", `${what} is JSON5, not JSON`, { hint, cause, position });
}

const JSON5_ONLY: readonly (readonly [string, RegExp])[] = [
  ["a comment", /[/]/],
  ["a comma before the end", /,/],
  ["a text in single quotes", /'/],
  ["a text with such an escape or character", /"/],
  ["a number of this form", /[\d.+-]/],
  ["a name without quotes", /[^\s]/],
];

const STRICT =
  /[ \t\n\r]+|[{}[\]:]|,(?![ \t\n\r]*[}\]])|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;

/** Where a text that is JSON5 first is no JSON. */
function firstJson5(text: string): number {
  let at = 0;
  while (at < text.length) {
    const end = text[at] === '"' ? endOfString(text, at) + 1 : endOfStrict(text, at);
    if (end === at || (text[at] === '"' && !isJson(text.slice(at, end)))) return at;
    at = end;
  }
  return 0;
}

function endOfStrict(text: string, at: number): number {
  STRICT.lastIndex = at;
  return at + (STRICT.exec(text)?.[0].length ?? 0);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function membersOf(value: Value): number {
  if (typeof value !== "object" || value === null) return 0;
  const inner = Object.values(value) as readonly Value[];
  return inner.reduce<number>((sum, each) => sum + membersOf(each), Array.isArray(value) ? 0 : inner.length);
}
