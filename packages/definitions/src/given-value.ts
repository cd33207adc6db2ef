import { FacsimileError, isFacsimileError, type KeyPath, problemsOf, throwProblems } from "@facsimile/core";
import { readValue } from "./set.ts";
import { parseSource } from "./source-file.ts";
import { type Value, valueAt } from "./value.ts";

/**
 * The value that a command line gives for `path`: JSON5, else a text, as `--set` takes it.
 *
 * @throws `FORBIDDEN_KEY`, `DUPLICATE_KEY`, `INVALID_VALUE`, `FILE_TOO_DEEP`: what no definition file can hold
 */
export function givenValue(path: KeyPath, text: string): Value {
  const value = readValue(path, text);
  const written = typeof value === "string" ? JSON.stringify(value) : text;
  const keys = path.map((key) => `{${JSON.stringify(key)}:`).join("");
  // A line of its own for what follows: the text may end in a comment.
  const file = `${keys}${written}\n${"}".repeat(path.length)}`;
  return valueAt(readUnplaced(file), path) as Value;
}

/** Of what is no file, there are no lines to name. */
function readUnplaced(text: string): Value {
  try {
    return parseSource({ file: "VALUE.json5", text }).value;
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    throwProblems(problemsOf(error).map(({ code, message, hint }) => new FacsimileError(code, message, { hint })));
    throw error;
  }
}
