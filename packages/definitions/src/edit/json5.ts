import { json5Tree } from "../files/json5-tree.ts";
import type { SourceText } from "../files/source-text.ts";
import type { TextNode } from "../files/text-tree.ts";
import { isList, isMap, type Value, type ValueMap } from "../value.ts";
import {
  commentPlace,
  fillItems,
  insertItem,
  openingComment,
  removeItem,
  rowIndent,
  rowIndentBehind,
} from "./delimited.ts";
import { childrenOf, delimited, json5Style } from "./json5-style.ts";
import { json5Line, json5Member, json5Rows, json5Text, type Layout } from "./json5-text.ts";
import { eolAt, indentAt, insertion, type Splice } from "./splice.ts";
import type { Step } from "./steps.ts";

/** Where the maps around stay in one line each, a new one does too, up to this length of its line. */
const MAX_LINE = 100;

/** What to write in a JSON or JSON5 text for one step, in the style of what stands around; undefined where it has no place. */
export function editJson5(source: SourceText, step: Step): readonly Splice[] | undefined {
  const { root } = json5Tree(source.text);
  const key = step.path.at(-1);
  if (key === undefined) return step.kind === "replace" ? refill(source, { root, value: step.value }) : undefined;
  const node = step.path.slice(0, -1).reduce<TextNode | undefined>(childOf, root);
  if (node === undefined) return undefined;
  const place = { source, root, node, key, index: indexOf(node, key) };
  if (step.kind === "insert") return insert(place, step.value);
  if (place.index < 0) return undefined;
  return step.kind === "remove" ? removeItem(delimited(source.text, node), place.index) : replace(place, step.value);
}

interface Place {
  readonly source: SourceText;
  readonly root: TextNode;
  /** The map or list. */
  readonly node: TextNode;
  readonly key: string;
  /** Of what is there; -1 where nothing is. */
  readonly index: number;
}

function childOf(node: TextNode | undefined, key: string): TextNode | undefined {
  return node?.members?.get(key)?.value ?? node?.items?.[Number(key)];
}

function indexOf({ members, items = [] }: TextNode, key: string): number {
  if (members !== undefined) return [...members.keys()].indexOf(key);
  return Number(key) in items ? Number(key) : -1;
}

function insert(place: Place, value: Value): readonly Splice[] {
  const { source, node, key } = place;
  const list = delimited(source.text, node);
  const after = node.members === undefined ? Number(key) - 1 : list.items.length - 1;
  const layout = layoutIn(place, rowIndentBehind(list, after));
  const write = (each: Layout) =>
    node.members === undefined ? json5Text(value, each) : json5Member([key, value], each);
  return insertItem(list, { after, item: fitted(place, { value, layout, write }), gap: layout.style.gap });
}

function replace(place: Place, value: Value): readonly Splice[] {
  const { source, node, index } = place;
  const old = childrenOf(node)[index] ?? node;
  const layout = layoutIn(place, rowIndent(delimited(source.text, node), index));
  if (isEmpty(old, value) && hasRoom(source.text, old)) return fill(source.text, { node: old, value, layout });
  const own = source.text[old.range[0]] ?? "";
  const quote = own === "'" || own === '"' ? own : layout.style.quote;
  const styled = { ...layout, style: { ...layout.style, quote } };
  const by = fitted(place, { value, layout: styled, write: (each) => json5Text(value, each) });
  return overwrite(place, { old, by });
}

/** A comment behind the bracket that goes is kept: behind the new bracket, or behind the value. */
function overwrite({ source, node, index }: Place, { old, by }: { old: TextNode; by: string }): readonly Splice[] {
  const { text } = source;
  const [start, end] = old.range;
  const comment = isFilled(old) ? openingComment(delimited(text, old)) : "";
  if (comment !== "" && by.includes("\n")) return [{ start, end, by: `${by[0]} ${comment}${by.slice(1)}` }];
  const at = comment === "" ? undefined : commentPlace(delimited(text, node), index);
  return [{ start, end, by }, ...(at === undefined ? [] : [insertion(at, ` ${comment}`)])];
}

/** The whole file is an empty map or list. */
function refill(source: SourceText, { root, value }: { root: TextNode; value: Value }): readonly Splice[] | undefined {
  if (!isEmpty(root, value)) return undefined;
  const layout = layoutIn({ source, root, node: root, key: "", index: -1 }, undefined);
  return fill(source.text, { node: root, value, layout });
}

interface Fill {
  readonly node: TextNode;
  readonly value: Value;
  readonly layout: Layout;
}

function fill(text: string, { node, value, layout }: Fill): readonly Splice[] {
  const list = delimited(text, node);
  const inner = text.slice(list.open, list.close);
  const rows = inner.includes("\n");
  const outer = indentAt(text, list.open);
  const own = /\n([ \t]*)\S/.exec(inner)?.[1] ?? "";
  const indent = own.length > outer.length ? own : outer + layout.style.unit;
  const items = value as ValueMap | readonly Value[];
  const body = rows ? json5Rows(items, { ...layout, indent }) : json5Line(items, layout);
  const pad = node.members === undefined ? layout.style.listPad : layout.style.mapPad;
  return fillItems(list, { body, rows, pad });
}

interface Item {
  readonly value: Value;
  readonly layout: Layout;
  readonly write: (layout: Layout) => string;
}

/** In one line where its neighbours of the same kind are and it is not too long for that, else as it comes. */
function fitted({ source, node, index }: Place, { value, layout, write }: Item): string {
  const alike = childrenOf(node).filter((each, nth) => nth !== index && isFilled(each) && sameKind(each, value));
  const last = alike.at(-1);
  const line = write({ ...layout, indent: undefined });
  const isShort = (layout.indent ?? "").length + line.length <= MAX_LINE;
  const isUsual = last !== undefined && !source.text.slice(...last.range).includes("\n");
  return isUsual && isShort ? line : write(layout);
}

function layoutIn({ source, root, node }: Place, indent: string | undefined): Layout {
  const { file, text } = source;
  const style = json5Style(text, { root, node, json: file.endsWith(".json") });
  return { style, indent, eol: eolAt(text, node.range[1] - 1) };
}

function isFilled({ members, items }: TextNode): boolean {
  return (members?.size ?? items?.length ?? 0) > 0;
}

function isEmpty(node: TextNode, value: Value): boolean {
  return sameKind(node, value) && !isFilled(node);
}

/** Whether there is a comment or a line end between the brackets. */
function hasRoom(text: string, { range: [start, end] }: TextNode): boolean {
  return !/^[ \t]*$/.test(text.slice(start + 1, end - 1));
}

function sameKind({ members, items }: TextNode, value: Value): boolean {
  return members === undefined ? items !== undefined && isList(value) : isMap(value);
}
