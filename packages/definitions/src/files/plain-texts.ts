import { FacsimileError } from "@facsimile/core";
import type { Node } from "yaml";
import { loadYaml } from "./lazy.ts";

export interface PlainText {
  /** As messages name it. */
  readonly file: string;
  readonly text: string;
}

/**
 * The texts in a map of YAML or JSON, by name; what is nested has its keys joined by `/`. Every scalar is taken as it is
 * written, so that 007 stays 007. No message holds a value, nor has a place of which an excerpt would be shown.
 *
 * @throws `FILE_SYNTAX`, `NOT_A_MAP`, `DUPLICATE_KEY`, `INVALID_VALUE`
 */
export function parsePlainTexts({ file, text }: PlainText): ReadonlyMap<string, string> {
  const { LineCounter, parseDocument } = loadYaml();
  const lineCounter = new LineCounter();
  const { contents, errors } = parseDocument(text, { schema: "failsafe", prettyErrors: false, lineCounter });
  const at = (offset = 0) => {
    const { line, col } = lineCounter.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const [problem] = errors;
  if (problem?.code === "DUPLICATE_KEY") throw duplicate(at(problem.pos[0]));
  if (problem !== undefined)
    throw new FacsimileError("FILE_SYNTAX", `${at(problem.pos[0])}: not YAML or JSON (${problem.code})`, {
      hint: "Put the value in quotes: '…', with '' for each ' in it.",
    });
  const found = new Map<string, string>();
  collect(contents, { path: [], found, at });
  return found;
}

interface Collecting {
  readonly path: readonly string[];
  readonly found: Map<string, string>;
  readonly at: (offset?: number) => string;
}

const NOTHING = /^(?:~|null|Null|NULL)?$/;

function collect(node: Node | null, { path, found, at }: Collecting): void {
  const { isMap, isScalar } = loadYaml();
  const name = path.join("/");
  const place = at(node?.range?.[0]);
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      if (!isScalar(key)) throw new FacsimileError("INVALID_VALUE", `${place}: a key is not a text`);
      collect(value as Node | null, { path: [...path, String(key.value)], found, at });
    }
  } else if (path.length === 0) {
    throw new FacsimileError("NOT_A_MAP", `${place}: expected a map of names to values`);
  } else if (!isScalar(node) || (node.type === "PLAIN" && NOTHING.test(node.source ?? "")) || node.value === "") {
    throw new FacsimileError("INVALID_VALUE", `${place}: ${name} is not a text`, {
      hint: "Lists, aliases, null and empty texts are no values. A text that looks like one goes in quotes.",
    });
  } else if (found.has(name)) throw duplicate(place);
  else found.set(name, String(node.value));
}

function duplicate(place: string): FacsimileError {
  return new FacsimileError("DUPLICATE_KEY", `${place}: a name stands twice`, { hint: "Take one of them out." });
}

/** YAML that {@link parsePlainTexts} reads back as it was. */
export function formatPlainTexts(texts: ReadonlyMap<string, string>): string {
  return texts.size === 0 ? "{}\n" : loadYaml().stringify(Object.fromEntries(texts), { lineWidth: 0 });
}
