import { FacsimileError } from "@facsimile/core";
import type { CST, Document, YAMLError } from "yaml";
import { loadYaml } from "./lazy.ts";
import type { Lines } from "./lines.ts";
import type { Parsed } from "./parsed.ts";
import { MAX_DEPTH, type SourceText, tooLarge } from "./source-text.ts";
import { findRange } from "./text-tree.ts";
import { readYaml } from "./yaml-tree.ts";

/** Less than for JSON: YAML takes ten times as long to read. */
export const MAX_YAML_BYTES = 1024 * 1024;

/** YAML 1.2 with merge keys (`<<`); an empty file is an empty map. */
export function parseYaml(source: SourceText, lines: Lines): Parsed {
  if (source.text.length > MAX_YAML_BYTES) throw tooLarge(source.file, MAX_YAML_BYTES);
  const tokens = tokensOf(source);
  checkDepth(tokens, lines);
  const [document, second] = documentsOf(source, tokens);
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw syntaxError(problem, lines);
  if (second !== undefined) throw oneDocument(second, lines);
  checkVersion(document, lines);
  const { root, value, repeated } = readYaml(document, { lines, maxSize: MAX_YAML_BYTES });
  return { value, repeated, rangeOf: (path, part) => findRange(root, { path, part }) };
}

export interface Composed {
  readonly document: Document;
}

/** The document with all that its text writes, comments too. It may have errors. */
export function composeYaml(source: SourceText): Composed {
  return { document: documentsOf(source, tokensOf(source))[0] };
}

function tokensOf({ text }: SourceText): readonly CST.Token[] {
  return [...new (loadYaml().Parser)().parse(text)];
}

function documentsOf({ text }: SourceText, tokens: readonly CST.Token[]): [Document, Document?] {
  const { Composer, Document } = loadYaml();
  // Tags beyond those of YAML's core give dates, sets and bytes. Its own check of keys compares each to each.
  const composer = new Composer({ resolveKnownTags: false, stringKeys: true, uniqueKeys: false });
  const [first, second] = composer.compose(tokens, true, text.length);
  return second === undefined ? [(first ?? new Document()) as Document] : [first as Document, second as Document];
}

/** Composing recurses, so the depth is known before. */
function checkDepth(tokens: readonly CST.Token[], lines: Lines): void {
  const left = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { token, depth } = next;
    if (depth > MAX_DEPTH) {
      const position = lines.at([token.offset, token.offset + 1]);
      throw new FacsimileError("FILE_TOO_DEEP", `nested deeper than ${MAX_DEPTH} levels`, { position });
    }
    for (const inner of innerTokens(token)) left.push({ token: inner, depth: "items" in inner ? depth + 1 : depth });
  }
}

function innerTokens(token: CST.Token): readonly CST.Token[] {
  if (token.type === "document") return token.value === undefined ? [] : [token.value];
  if (!("items" in token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value].filter((each) => each != null));
}

function syntaxError({ code, message, pos: [start, end] }: YAMLError, lines: Lines): FacsimileError {
  const [what = `cannot be read: ${shortened(message)}`, hint] = EXPLAINED[code] ?? [];
  return new FacsimileError("FILE_SYNTAX", what, { hint, position: lines.at([start, end]) });
}

function shortened(message: string): string {
  const [line = ""] = message.replace("tag:yaml.org,2002:", "!!").split("\n");
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}

const QUOTE = 'A text that begins with one of {[*&!%@`|>#- or holds ": " stands in quotes.';

const EXPLAINED: Readonly<Partial<Record<YAMLError["code"], readonly [string | undefined, string]>>> = {
  BAD_ALIAS: [undefined, QUOTE],
  BAD_SCALAR_START: [undefined, QUOTE],
  BLOCK_AS_IMPLICIT_KEY: [undefined, QUOTE],
  NON_STRING_KEY: ["a key is a map, a list or an alias; expected a text", QUOTE],
  TAB_AS_INDENT: [undefined, "Indent with spaces."],
  TAG_RESOLVE_FAILED: [undefined, "A definition is plain data: take the tag out."],
};

function oneDocument({ range }: Document, lines: Lines): FacsimileError {
  const [start] = range ?? [0];
  const hint = "Take the line --- or ... out, or make two files.";
  return new FacsimileError("FILE_SYNTAX", "a second document begins here; a definition is one", {
    hint,
    position: lines.at([start, start]),
  });
}

/** In YAML 1.1, which a line can ask for, `yes` is true and `1:30` is 90. */
function checkVersion({ directives }: Document, lines: Lines): void {
  if (directives?.yaml.version !== "1.1") return;
  const hint = "Take the line %YAML 1.1 out: definitions are YAML 1.2.";
  throw new FacsimileError("FILE_SYNTAX", "YAML 1.1 is not read", { hint, position: lines.at([0, 0]) });
}
