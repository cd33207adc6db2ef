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
  return { value: plainValue(source.file, document), locate: yamlLocator(source.file, { document, counter }) };
}

export interface Composed {
  readonly document: Document;
  readonly counter: LineCounter;
}

export function composeYaml({ text }: SourceText): Composed {
  const { LineCounter, parseDocument } = loadYaml();
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, merge: true, prettyErrors: false, stringKeys: true });
  return { document: document as Document, counter };
}

function yamlError(file: string, problem: YAMLError, counter: LineCounter): FacsimileError {
  const { line, col } = counter.linePos(problem.pos[0]);
  const position = { file, line: Math.max(1, line), column: Math.max(1, col) };
  if (problem.code === "DUPLICATE_KEY") {
    const hint = "Keep one of the two.";
    return new FacsimileError("DUPLICATE_KEY", "the same key is written twice in one map", { hint, position });
  }
  // The library composes by recursion and reports its own exhaustion.
  if (problem.message.includes("call stack")) {
    return new FacsimileError("FILE_TOO_DEEP", "nested far too deep", { cause: problem, position });
  }
  return new FacsimileError("FILE_SYNTAX", `cannot be read: ${problem.message}`, { cause: problem, position });
}

function plainValue(file: string, document: Document): Value {
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
  let node = document.contents as Node | null;
  let found = node;
  for (const key of path) {
    const entry = entryNodes(document, { node, key });
    const shown = part === "key" ? (entry.key ?? entry.value) : (entry.value ?? entry.key);
    if (shown === undefined) return found;
    found = shown;
    node = entry.value ?? null;
  }
  return found;
}

interface EntryNodes {
  readonly key?: Node | undefined;
  readonly value?: Node | undefined;
}

function entryNodes(document: Document, { node, key }: { node: Node | null; key: string }): EntryNodes {
  const { isAlias, isMap, isSeq, isNode } = loadYaml();
  const inner: unknown = isAlias(node) ? node.resolve(document) : node;
  const asNode = (each: unknown) => (isNode(each) ? each : undefined);
  if (isSeq(inner)) return { value: asNode(inner.items[Number(key)]) };
  const pair = isMap(inner) ? inner.items.find((item) => String(item.key) === key) : undefined;
  return { key: asNode(pair?.key), value: asNode(pair?.value) };
}
