import type { CST } from "yaml";

/** A pair of a map or an item of a list, as the lexer saw it. */
export type Item = CST.CollectionItem;

const BLANK = new Set(["space", "newline", "comment", "comma"]);

/** Where the item begins, anchors, tags and the `-` of a list included. */
export function itemStart(item: Item): number {
  const first = [...item.start, ...(item.key ? [item.key] : []), ...(item.sep ?? [])].find(isThere) ?? item.value;
  return first === undefined || first === null ? 0 : tokenStart(first);
}

/** Where what the item holds ends: before blanks, comments and line ends, except the line end of a block scalar. */
export function itemEnd({ start, key, sep, value }: Item): number {
  const last = [...start, key, ...(sep ?? []), value].findLast(isThere);
  return last === undefined ? 0 : tokenEnd(last);
}

export function tokenStart(token: CST.Token): number {
  const [first] = "items" in token && token.type !== "flow-collection" ? token.items : [];
  return first === undefined ? token.offset : itemStart(first);
}

export function tokenEnd(token: CST.Token): number {
  if (token.type === "flow-collection") return (closeOf(token)?.offset ?? token.offset) + 1;
  if (token.type === "block-scalar") return tokenLength(token.props) + token.offset + token.source.length;
  if ("items" in token) return Math.max(...token.items.slice(-2).map(itemEnd));
  return token.offset + ("source" in token ? token.source.length : 0);
}

/** Where the header of a block scalar ends: `|`, `>-`. */
export function headerEnd(token: CST.BlockScalar): number {
  const header = token.props.find(({ type }) => type === "block-scalar-header");
  return header === undefined ? token.offset : tokenEnd(header);
}

export function closeOf(token: CST.FlowCollection): CST.SourceToken | undefined {
  return token.end.find(({ type }) => type === "flow-map-end" || type === "flow-seq-end");
}

/** Where an item's value goes. */
export interface Slot {
  /** Behind the `:` or `-`, and the anchor and tag that follow it. */
  readonly after: number;
  /** Undefined where nothing is written. */
  readonly value: CST.Token | undefined;
}

/** Undefined where the item has neither `:` nor `-`. */
export function slotOf({ start, sep, value }: Item): Slot | undefined {
  const tokens = sep ?? start;
  if (!tokens.some(({ type }) => type === "map-value-ind" || type === "seq-item-ind")) return undefined;
  const last = tokens.findLast(isThere);
  return last === undefined ? undefined : { after: tokenEnd(last), value: isThere(value) ? value : undefined };
}

function isThere(token: CST.Token | null | undefined): token is CST.Token {
  if (token === undefined || token === null || BLANK.has(token.type)) return false;
  return !("source" in token) || token.source !== "" || token.type === "block-scalar";
}

function tokenLength(tokens: readonly CST.Token[]): number {
  return tokens.reduce((sum, token) => sum + ("source" in token ? token.source.length : 0), 0);
}
