import type { Range } from "../files/lines.ts";
import { endOfComment } from "../files/scan.ts";
import type { Member, TextNode } from "../files/text-tree.ts";
import { commaBehind, type Delimited, gapOf, rowIndent } from "./delimited.ts";
import { indentAt } from "./splice.ts";

/** How a file writes what it holds. */
export interface Json5Style {
  /** Plain JSON: no bare keys, no last comma. */
  readonly json: boolean;
  /** One level of indentation. */
  readonly unit: string;
  readonly quote: string;
  readonly keyQuote: string;
  readonly bareKeys: boolean;
  readonly colon: string;
  /** What stands between a comma and the next item in one line. */
  readonly gap: string;
  /** What stands between the brackets of a map and its items in one line. */
  readonly mapPad: string;
  readonly listPad: string;
  /** A comma behind the last row. */
  readonly lastComma: boolean;
}

export interface Surroundings {
  readonly root: TextNode;
  /** The map or list in which something is to be written. */
  readonly node: TextNode;
  readonly json: boolean;
}

/** The style of `node`, and where it shows none, of the file from its top. */
export function json5Style(text: string, { root, node, json }: Surroundings): Json5Style {
  const nodes = [node, ...nodesIn(root)];
  const members = [...membersOf(node).toReversed(), ...nodes.flatMap(membersOf)];
  const lists = nodes.map((each) => delimited(text, each)).filter((list) => list.items.length > 0);
  const strings = [...childrenOf(node).toReversed(), ...nodes].filter((each) => isQuote(text[each.range[0]]));

  const keyQuotes = members.map(({ keyRange }) => text[keyRange[0]]).filter(isQuote);
  const quote = json ? '"' : (text[strings[0]?.range[0] ?? -1] ?? keyQuotes[0] ?? '"');
  const colon = first(members, (member) => colonOf(text, member)) ?? ": ";
  return {
    json,
    unit: first(lists, unitOf) ?? "  ",
    quote,
    keyQuote: json ? '"' : (keyQuotes[0] ?? quote),
    bareKeys: !json && (first(members, ({ keyRange }) => isBare(text, keyRange)) ?? true),
    colon,
    gap: first(lists, gapOf) ?? (colon === ":" ? "" : " "),
    mapPad: first(lists, (list) => padOf(list, "{")) ?? " ",
    listPad: first(lists, (list) => padOf(list, "[")) ?? "",
    lastComma: !json && (first(lists, hasLastComma) ?? true),
  };
}

/** A map or list of the tree as items between brackets. */
export function delimited(text: string, { range: [start, end], members, items = [] }: TextNode): Delimited {
  const inMap = Array.from(members?.values() ?? [], ({ keyRange, value }): Range => [keyRange[0], value.range[1]]);
  const ranges = members === undefined ? items.map(({ range }) => range) : inMap;
  return { text, open: start + 1, close: end - 1, items: ranges, commentEnd };
}

/** A key that may stand without quotes; the words are left out because many readers of JSON5 stumble over them. */
export function isBareKey(key: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(key) && !/^(?:null|true|false|Infinity|NaN)$/.test(key);
}

/** In the order of the text. */
function nodesIn(root: TextNode): readonly TextNode[] {
  const nodes: TextNode[] = [];
  const left = [root];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    nodes.push(next);
    for (const child of childrenOf(next).toReversed()) left.push(child);
  }
  return nodes;
}

export function childrenOf(node: TextNode): readonly TextNode[] {
  return node.items ?? membersOf(node).map(({ value }) => value);
}

function membersOf({ members }: TextNode): readonly Member[] {
  return Array.from(members?.values() ?? []);
}

function unitOf(list: Delimited): string | undefined {
  const own = rowIndent(list, 0);
  if (own === undefined) return undefined;
  const outer = indentAt(list.text, list.open);
  return own.length > outer.length && own.startsWith(outer) ? own.slice(outer.length) : undefined;
}

/** Whether a key that could stand without quotes does; undefined of one that could not. */
function isBare(text: string, [start, end]: Range): boolean | undefined {
  if (!isQuote(text[start])) return true;
  return isBareKey(text.slice(start + 1, end - 1)) ? false : undefined;
}

function colonOf(text: string, { keyRange, value }: Member): string | undefined {
  const between = text.slice(keyRange[1], value.range[0]);
  return /^\s*:\s*$/.test(between) ? `:${between.endsWith(":") ? "" : " "}` : undefined;
}

function padOf({ text, open, close, items }: Delimited, bracket: string): string | undefined {
  const inner = text.slice(open, close);
  return text[open - 1] === bracket && items.length > 0 && !inner.includes("\n") ? blankAt(text, open) : undefined;
}

function hasLastComma(list: Delimited): boolean | undefined {
  const last = list.items.length - 1;
  if (rowIndent(list, last) === undefined) return undefined;
  return commaBehind(list, list.items[last]?.[1] ?? 0) !== undefined;
}

function blankAt(text: string, offset: number): string {
  return /\s/.test(text[offset] ?? "") ? " " : "";
}

function isQuote(char: string | undefined): boolean {
  return char === '"' || char === "'";
}

function commentEnd(text: string, offset: number): number | undefined {
  const last = text[offset] === "/" ? endOfComment(text, offset) : offset;
  if (last === offset) return undefined;
  return text[offset + 1] === "*" ? last + 1 : last;
}

function first<T, R>(items: readonly T[], found: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const result = found(item);
    if (result !== undefined) return result;
  }
  return undefined;
}
