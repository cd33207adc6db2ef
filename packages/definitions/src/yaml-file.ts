import { FacsimileError, type KeyPath } from "@facsimile/core";
import type { Document, LineCounter, Node, YAMLError } from "yaml";
import { loadYaml } from "./lazy.ts";
import type { Parsed, Part, SourceFile, SourceText } from "./source-file.ts";
import type { Value } from "./value.ts";

/** Aliases may repeat content this often; more is a bomb. */
const MAX_ALIASES = 100;

/** YAML 1.2 with merge keys (`<<`); an empty file is an empty map. */
export function parseYaml(source: SourceText): Parsed {
  const { document, counter } = composeYaml(source);
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw yamlError(source.file, problem, counter);
  return { value: valueOf(source.file, document), locate: yamlLocator(source.file, { document, counter }) };
}

export interface Composed {
  readonly document: Document;
  readonly counter: LineCounter;
}

export function composeYaml({ file, text }: SourceText): Composed {
  const { LineCounter, parseDocument } = loadYaml();
  const counter = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: counter, merge: true, prettyErrors: false, stringKeys: true });
    return { document: document as Document, counter };
  } catch (cause) {
    // The library composes by recursion: only a hostile depth exhausts the stack.
    if (!(cause instanceof RangeError)) throw cause;
    const position = { file, line: 1, column: 1 };
    throw new FacsimileError("FILE_TOO_DEEP", "nested far too deep", { cause, position });
  }
}

function yamlError(file: string, problem: YAMLError, counter: LineCounter): FacsimileError {
  const { line, col } = counter.linePos(problem.pos[0]);
  const position = { file, line: Math.max(1, line), column: Math.max(1, col) };
  if (problem.code === "DUPLICATE_KEY") {
    const hint = "Keep one of the two.";
    return new FacsimileError("DUPLICATE_KEY", "the same key is written twice in one map", { hint, position });
  }
  return new FacsimileError("FILE_SYNTAX", `cannot be read: ${problem.message}`, { cause: problem, position });
}

function valueOf(file: string, document: Document): Value {
  try {
    return (document.toJS({ maxAliasCount: MAX_ALIASES }) as Value | null) ?? {};
  } catch (cause) {
    if (!(cause instanceof ReferenceError || cause instanceof RangeError)) throw cause;
    const position = { file, line: 1, column: 1 };
    throw new FacsimileError("FILE_TOO_LARGE", `its aliases cannot be expanded: ${cause.message}`, { cause, position });
  }
}

function yamlLocator(file: string, { document, counter }: Composed): SourceFile["locate"] {
  return (path, part = "value") => {
    const [start, end] = find(document, { path, part })?.range ?? [0, 0];
    const { line, col } = counter.linePos(start);
    const last = counter.linePos(end);
    const length = last.line === line && last.col > col ? { length: last.col - col } : {};
    return { file, line: Math.max(1, line), column: Math.max(1, col), ...length };
  };
}

function find(document: Document, { path, part }: { path: KeyPath; part: Part }): Node | null {
  const { isAlias, isMap, isSeq, isNode } = loadYaml();
  let node: Node | null = document.contents;
  let found = node;
  for (const key of path) {
    const inner: unknown = isAlias(node) ? node.resolve(document) : node;
    const pair = isMap(inner) ? inner.items.find((item) => String(item.key) === key) : undefined;
    const next: unknown = pair?.value ?? (isSeq(inner) ? inner.items[Number(key)] : undefined);
    const shown: unknown = pair !== undefined && (part === "key" || !isNode(next)) ? pair.key : next;
    if (!isNode(shown)) return found;
    found = shown;
    node = isNode(next) ? next : null;
  }
  return found;
}
