import { FacsimileError, isFacsimileError, type KeyPath, problemsOf, throwProblems } from "@facsimile/core";
import { parseSource } from "../files/source-file.ts";
import { nest, type Value } from "../value.ts";

/**
 * The value that a command line gives for `path`: JSON5, else a text.
 *
 * @throws `FORBIDDEN_KEY`, `DUPLICATE_KEY`, `INVALID_VALUE`, `FILE_TOO_DEEP`: what no definition file can hold there
 */
export function givenValue(path: KeyPath, text: string): Value {
  // 1.10 would become the number 1.1.
  const isText = path[0] === "versions" && !/^["']/.test(text);
  const { value } = (isText ? undefined : parsed(text)) ?? { value: text };
  parsed(JSON.stringify(nest(path, value)));
  return value;
}

/** Undefined where the text is no JSON5. Of what is no file, there are no lines to name. */
function parsed(text: string): { readonly value: Value } | undefined {
  try {
    return parseSource({ file: "VALUE.json5", text });
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    if (error.code === "FILE_SYNTAX") return undefined;
    throwProblems(problemsOf(error).map(({ code, message, hint }) => new FacsimileError(code, message, { hint })));
    throw error;
  }
}
