import type { Document, Pair } from "yaml";
import { loadYaml } from "../files/lazy.ts";
import type { SourceText } from "../files/source-text.ts";
import type { Splice } from "./splice.ts";
import type { Step } from "./steps.ts";
import { editBlock, writeRoot } from "./yaml-block.ts";
import { editFlow } from "./yaml-flow.ts";
import type { Collection } from "./yaml-style.ts";
import type { Item } from "./yaml-tokens.ts";

/**
 * What to write in a YAML text for one step, in the style of what stands around; undefined where it has no place: in
 * what an alias stands for or a merge key brings.
 */
export function editYaml({ text }: SourceText, step: Step): readonly Splice[] | undefined {
  const { isCollection, isMap, parseDocument } = loadYaml();
  const options = {
    prettyErrors: false,
    stringKeys: true,
    resolveKnownTags: false,
    uniqueKeys: false,
    keepSourceTokens: true,
  } as const;
  const document = parseDocument(text, options) as Document;
  const key = step.path.at(-1);
  if (key === undefined) return step.kind === "replace" ? writeRoot({ text, document }, step.value) : undefined;
  const node = step.path.slice(0, -1).reduce<unknown>(childOf, document.contents);
  const items = isCollection(node) ? itemsOf(node as Collection) : undefined;
  if (items === undefined) return undefined;
  const site = { text, document, node: node as Collection, items, key, index: indexOf(node as Collection, key) };
  const isOwn = step.kind === "insert" || site.index >= 0;
  if (!isOwn && (step.kind === "remove" || !isMap(node))) return undefined;
  // What a merge key brings is replaced by a key of the map's own.
  const own: Step = isOwn || step.kind === "remove" ? step : { ...step, kind: "insert" };
  if (site.node.srcToken?.type === "flow-collection") return editFlow(site, own);
  if (own.kind !== "remove" || items.length > 1 || step.path.length === 1) return editBlock(site, own);
  // The last line of a block leaves nothing that could be told from null.
  const empty = isMap(node) ? {} : [];
  return editYaml({ file: "", text }, { kind: "replace", path: step.path.slice(0, -1), value: empty });
}

function childOf(node: unknown, key: string): unknown {
  const { isMap, isSeq } = loadYaml();
  if (isSeq(node)) return node.items[Number(key)];
  return isMap(node) ? node.items.find((pair) => keyOf(pair) === key)?.value : undefined;
}

function keyOf({ key }: Pair): string | undefined {
  const { isScalar } = loadYaml();
  return isScalar(key) ? String(key.value) : undefined;
}

function indexOf(node: Collection, key: string): number {
  const { isMap } = loadYaml();
  if (isMap(node)) return node.items.findIndex((pair) => keyOf(pair) === key);
  return Number(key) in node.items ? Number(key) : -1;
}

/** The tokens of each item; undefined where they do not match what was read. */
function itemsOf(node: Collection): readonly Item[] | undefined {
  const token = node.srcToken;
  if (token === undefined || !("items" in token)) return undefined;
  const items = (token.items as readonly Item[]).filter(
    ({ start, key, sep, value }) =>
      key || value || (sep ?? []).length > 0 || start.some(({ type }) => !TRIVIA.has(type)),
  );
  return items.length === node.items.length ? items : undefined;
}

const TRIVIA = new Set(["space", "newline", "comment", "comma"]);
