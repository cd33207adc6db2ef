import { FacsimileError, type KeyPath, type Position } from "@facsimile/core";
import { parseJson, parseJson5 } from "./json5-file.ts";
import { isMap, type Value } from "./value.ts";
import { parseYaml } from "./yaml-file.ts";

export const MAX_BYTES = 4 * 1024 * 1024;
export const MAX_DEPTH = 100;
export const EXTENSIONS = ["json5", "json", "yaml", "yml"] as const;

/** Which end of an entry a position points at. */
export type Part = "key" | "value";

/** A text to parse; `file` is its name as shown to people. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** A parsed definition file. */
export interface SourceFile extends SourceText {
  readonly value: Value;
  /** Where `path` is written; where it is not, its nearest parent. Positions are worked out on the first call. */
  locate(path: KeyPath, part?: Part): Position;
}

/** What a format gives: the value, and where things are. */
export type Parsed = Pick<SourceFile, "value" | "locate">;

/**
 * Reads a definition file by its extension.
 *
 * @throws `FILE_SYNTAX`, `FILE_TOO_DEEP`, `FILE_TOO_LARGE`, `DUPLICATE_KEY`, `FORBIDDEN_KEY`, each with its place.
 */
export function parseSource(source: SourceText): SourceFile {
  if (source.text.length > MAX_BYTES) throw tooLarge(source.file);
  const parsed = parserOf(source.file)(source);
  const found = inspect(parsed.value, []);
  if (found !== undefined) throw forbidden(found, parsed);
  return { ...source, ...parsed };
}

export function tooLarge(file: string): FacsimileError {
  return new FacsimileError("FILE_TOO_LARGE", `${file} is larger than ${MAX_BYTES / 1024 / 1024} MiB`, {
    hint: "Definitions are small; put large data into extra/.",
    position: { file, line: 1, column: 1 },
  });
}

function parserOf(file: string): (source: SourceText) => Parsed {
  if (file.endsWith(".json5")) return parseJson5;
  return file.endsWith(".json") ? parseJson : parseYaml;
}

const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);

/** The path of the first thing that no definition may hold. */
function inspect(value: Value, path: string[]): readonly string[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (path.length > MAX_DEPTH) return path;
  for (const key of Object.keys(value)) {
    path.push(key);
    if (FORBIDDEN.has(key) && isMap(value)) return path;
    const found = inspect((value as { [key: string]: Value })[key] as Value, path);
    if (found !== undefined) return found;
    path.pop();
  }
  return undefined;
}

function forbidden(path: KeyPath, { locate }: Parsed): FacsimileError {
  const key = path.at(-1) ?? "";
  const position = locate(path, "key");
  if (!FORBIDDEN.has(key)) {
    return new FacsimileError("FILE_TOO_DEEP", `nested deeper than ${MAX_DEPTH} levels`, { position });
  }
  return new FacsimileError("FORBIDDEN_KEY", `the key ${JSON.stringify(key)} is not allowed in a definition`, {
    hint: "Rename it: this name reaches into JavaScript objects.",
    position,
  });
}
