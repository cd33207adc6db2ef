import { FacsimileError, type Position } from "@facsimile/core";
import { duplicateIn, json5Locator } from "./json5-positions.ts";
import { loadJson5 } from "./lazy.ts";
import { scanJson5 } from "./scan.ts";
import { MAX_DEPTH, type Parsed, type SourceText } from "./source-file.ts";
import type { Value } from "./value.ts";

/** JSON5 as the json5 package reads it; it alone decides what a file means. */
export function parseJson5(source: SourceText): Parsed {
  return parseWith(source, (text) => loadJson5().parse<Value>(text));
}

/** Plain JSON; JSON5 in a file called `.json` is named as such. */
export function parseJson(source: SourceText): Parsed {
  return parseWith(source, (text) => {
    try {
      return JSON.parse(text) as Value;
    } catch (cause) {
      loadJson5().parse(text);
      throw new FacsimileError("FILE_SYNTAX", `${source.file} holds JSON5 (comments, commas, quotes), not JSON`, {
        hint: "Rename it to .json5.",
        cause,
        position: { file: source.file, line: 1, column: 1 },
      });
    }
  });
}

function parseWith({ file, text }: SourceText, parse: (text: string) => Value): Parsed {
  const { members, tooDeep } = scanJson5(text, MAX_DEPTH);
  if (tooDeep !== undefined) {
    throw new FacsimileError("FILE_TOO_DEEP", `nested deeper than ${MAX_DEPTH} levels`, {
      position: positionAt({ file, text }, tooDeep),
    });
  }
  const value = parseOrExplain({ file, text }, parse);
  const locate = json5Locator({ file, text });
  if (members > membersOf(value)) throw duplicate({ file, text });
  return { value, locate };
}

function parseOrExplain({ file, text }: SourceText, parse: (text: string) => Value): Value {
  try {
    return parse(text);
  } catch (cause) {
    const { lineNumber, columnNumber } = cause as { lineNumber?: number; columnNumber?: number };
    if (!(cause instanceof SyntaxError) || lineNumber === undefined || columnNumber === undefined) throw cause;
    const message = cause.message.replace(/^JSON5: /, "").replace(/ at \d+:\d+$/, "");
    // json5 counts columns from the character after the one it names at a line's end.
    const position = { file, line: lineNumber, column: Math.max(1, columnNumber) };
    throw new FacsimileError("FILE_SYNTAX", `cannot be read: ${message}`, { cause, position });
  }
}

function duplicate(source: SourceText): FacsimileError {
  const { key, position } = duplicateIn(source);
  return new FacsimileError("DUPLICATE_KEY", `the key ${JSON.stringify(key)} is written twice in one map`, {
    hint: "Keep one of the two.",
    position,
  });
}

function membersOf(value: Value): number {
  if (typeof value !== "object" || value === null) return 0;
  const inner = Object.values(value) as readonly Value[];
  return inner.reduce<number>((sum, each) => sum + membersOf(each), Array.isArray(value) ? 0 : inner.length);
}

export function positionAt({ file, text }: SourceText, offset: number): Position {
  const before = text.slice(0, offset).split(/\r\n|[\n\r\u2028\u2029]/);
  return { file, line: before.length, column: (before.at(-1) ?? "").length + 1 };
}
