import { FacsimileError, isFacsimileError, type KeyPath, problemsOf, throwProblems } from "@facsimile/core";
import { parseSource } from "./source-file.ts";
import type { Value } from "./value.ts";

/**
 * The value that a command line gives for `path`: JSON5, else a text.
 *
 * @throws `FORBIDDEN_KEY`, `DUPLICATE_KEY`, `INVALID_VALUE`, `FILE_TOO_DEEP`: what no definition file can hold
 */
export function givenValue(path: KeyPath, text: string): Value {
  // 1.10 would become the number 1.1.
  if (path[0] === "versions" && !/^["']/.test(text)) return text;
  try {
    return parseSource({ file: "VALUE.json5", text }).value;
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    if (error.code === "FILE_SYNTAX") return text;
    // Of what is no file, there are no lines to name.
    throwProblems(problemsOf(error).map(({ code, message, hint }) => new FacsimileError(code, message, { hint })));
    throw error;
  }
}
