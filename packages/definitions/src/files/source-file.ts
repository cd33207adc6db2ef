import { FacsimileError, type KeyPath, type Position, throwProblems } from "@facsimile/core";
import { freeze, isMap, type Value } from "../value.ts";
import { parseJson, parseJson5 } from "./json5-file.ts";
import { Lines } from "./lines.ts";
import type { Parsed } from "./parsed.ts";
import { checkPlain } from "./plain.ts";
import { MAX_BYTES, MAX_DEPTH, type SourceText, tooLarge } from "./source-text.ts";
import type { Part, RepeatedKey } from "./text-tree.ts";
import { parseYaml } from "./yaml-file.ts";

export type { Part } from "./text-tree.ts";
export const EXTENSIONS = ["json5", "json", "yaml", "yml"] as const;

/** A parsed definition file; its value is frozen at every depth. */
export interface SourceFile extends SourceText {
  readonly value: Value;
  /** It holds neither directives nor references: the fold and interpolation leave its values as they are. */
  readonly isInert: boolean;
  /** Where `path` is written; where it is not, its nearest parent. Positions are worked out on the first call. */
  locate(path: KeyPath, part?: Part): Position;
}

/**
 * Reads a definition file by its extension.
 *
 * @throws `FILE_SYNTAX`, `FILE_TOO_DEEP` or `FILE_TOO_LARGE`; or, all at once, every `DUPLICATE_KEY`, `FORBIDDEN_KEY` and,
 *   for what JSON cannot hold, `INVALID_VALUE`; each with its place.
 */
export function parseSource(given: SourceText): SourceFile {
  const source = { ...given, text: given.text.replace(/^\ufeff/, "") };
  if (source.text.length > MAX_BYTES) throw tooLarge(source.file);
  const lines = new Lines(source);
  const { value, isSettled, repeated, rangeOf } = parserOf(source.file)(source, lines);
  const locate: SourceFile["locate"] = (path, part = "value") => lines.at(rangeOf(path, part));
  const isInert = isWithoutWork(source.text, value);
  if (isSettled) return { ...source, value, isInert, locate };
  const findings = checkPlain(value, { text: source.text, maxDepth: MAX_DEPTH, rangeOf });
  throwProblems([
    ...repeated.map((each) => duplicateKey(each, lines)),
    ...findings.map(({ code, message, hint, range }) => {
      return new FacsimileError(code, message, { hint, position: lines.at(range) });
    }),
  ]);
  return { ...source, value: freeze(value), isInert, locate };
}

/** What directives, references and the Python tool's spellings of them begin with, or an escape that may be one of these. */
const WORK = /[$\\%]|\{\{/;

/** The `$schema` at the top is no directive; one further down is. */
function isWithoutWork(text: string, value: Value): boolean {
  const hasSchema = isMap(value) && Object.hasOwn(value, "$schema");
  return !WORK.test(hasSchema ? text.replace("$schema", "") : text);
}

function duplicateKey({ key, range }: RepeatedKey, lines: Lines): FacsimileError {
  return new FacsimileError("DUPLICATE_KEY", `the key ${JSON.stringify(key)} is written twice in one map`, {
    hint: "Keep one of the two.",
    position: lines.at(range),
  });
}

function parserOf(file: string): (source: SourceText, lines: Lines) => Parsed {
  if (file.endsWith(".json5")) return parseJson5;
  return file.endsWith(".json") ? parseJson : parseYaml;
}
