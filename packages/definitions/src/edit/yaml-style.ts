import type { CST, Document, Node, YAMLMap, YAMLSeq } from "yaml";
import { loadYaml } from "../files/lazy.ts";
import { tokenEnd } from "./yaml-tokens.ts";

/** What stands around a text; nothing where it stands as it is. */
export type Quote = "" | "'" | '"';

/** How a file writes what it holds. */
export interface YamlStyle {
  /** Blanks of one level. */
  readonly indent: number;
  /** Whether the `-` of a list stands further in than the key that holds it. */
  readonly indentLists: boolean;
  /** Where quotes are needed. */
  readonly quote: Quote;
  /** Of values and keys that need no quotes. */
  readonly texts: Quote;
  readonly keys: Quote;
  /** Whether a blank stands inside the brackets of maps and lists in one line. */
  readonly mapPad: boolean;
  readonly listPad: boolean;
  /** Whether short lists of scalars stand in one line. */
  readonly flowLists: boolean;
}

export type Collection = YAMLMap | YAMLSeq;

export interface Composition {
  readonly text: string;
  readonly document: Document;
}

/** Whether a text needs its quotes takes a while to find out. */
const MAX_LOOKED_AT = 100;

/** The style of `node`, and where it shows none, of the document from its top. */
export function yamlStyle({ text, document }: Composition, node: Collection | undefined): YamlStyle {
  const { keys, values } = partsOf(document, node);
  const { isCollection } = loadYaml();
  const collections = [...(node === undefined ? [] : [node]), ...values.filter(isCollection)] as Collection[];
  return {
    indent: first(collections, indentOf) ?? 2,
    indentLists: first(collections, indentsLists) ?? true,
    quote: first([...values, ...keys], quoteOf) ?? '"',
    texts: first([...values.slice(0, MAX_LOOKED_AT), ...keys.slice(0, MAX_LOOKED_AT)], habitOf) ?? "",
    keys: first(keys.slice(0, MAX_LOOKED_AT), habitOf) ?? "",
    mapPad: first(collections, (each) => padOf(text, { node: each, type: "flow-map-start" })) ?? true,
    listPad: first(collections, (each) => padOf(text, { node: each, type: "flow-seq-start" })) ?? false,
    flowLists: !collections.some(({ srcToken }) => srcToken?.type === "block-seq"),
  };
}

/** The same, but for a text in quotes that is replaced: its quotes stay. */
export function styleOver(style: YamlStyle, old: Node | undefined): YamlStyle {
  const quote = quoteOf(old);
  return quote === undefined ? style : { ...style, texts: quote, quote };
}

/** The values of a map or list. */
export function valuesOf({ items }: Collection): readonly Node[] {
  const { isNode, isPair } = loadYaml();
  return items.map((item) => (isPair(item) ? item.value : item)).filter(isNode);
}

/** What the item holds at that index. */
export function valueAt({ items }: Collection, index: number): Node | undefined {
  const { isNode, isPair } = loadYaml();
  const item: unknown = items[index];
  const value = isPair(item) ? item.value : item;
  return isNode(value) ? value : undefined;
}

interface Parts {
  readonly keys: readonly Node[];
  readonly values: readonly Node[];
}

/** Those of `node` first, the last of them before all; then those of the document in its order. */
function partsOf(document: Document, node: Collection | undefined): Parts {
  const { isMap, isNode, visit } = loadYaml();
  const keys: Node[] = isMap(node)
    ? node.items
        .map((pair) => pair.key)
        .filter(isNode)
        .toReversed()
    : [];
  const values: Node[] = node === undefined ? [] : valuesOf(node).toReversed();
  visit(document, { Node: (key, each) => void (key === "key" ? keys : values).push(each as Node) });
  return { keys, values };
}

function indentOf(node: Collection): number | undefined {
  const own = blockIndent(node, "block-map");
  const inner = own === undefined ? undefined : first(valuesOf(node), (each) => blockIndent(each, "block-map"));
  return inner === undefined || own === undefined || inner <= own ? undefined : inner - own;
}

function indentsLists(node: Collection): boolean | undefined {
  const own = blockIndent(node, "block-map");
  const inner = own === undefined ? undefined : first(valuesOf(node), (each) => blockIndent(each, "block-seq"));
  return inner === undefined || own === undefined ? undefined : inner > own;
}

function blockIndent({ srcToken }: Node, type: CST.Token["type"]): number | undefined {
  return srcToken?.type === type && "indent" in srcToken ? srcToken.indent : undefined;
}

/** The quotes of a text that has some. */
function quoteOf(node: Node | undefined): Quote | undefined {
  const { isScalar, Scalar } = loadYaml();
  const type = isScalar(node) ? node.type : undefined;
  if (type === Scalar.QUOTE_SINGLE) return "'";
  return type === Scalar.QUOTE_DOUBLE ? '"' : undefined;
}

/** How a text is written that needs no quotes; undefined of one that does. */
function habitOf(node: Node): Quote | undefined {
  const { isScalar, stringify } = loadYaml();
  if (!isScalar(node) || typeof node.value !== "string") return undefined;
  if (node.type === "PLAIN") return "";
  const isFree = stringify(node.value, { compat: "yaml-1.1", lineWidth: 0 }) === `${node.value}\n`;
  return isFree ? quoteOf(node) : undefined;
}

function padOf(text: string, { node, type }: { node: Collection; type: CST.Token["type"] }): boolean | undefined {
  const token = node.srcToken;
  if (token?.type !== "flow-collection" || token.start.type !== type || node.items.length === 0) return undefined;
  const start = tokenEnd(token.start);
  return text.slice(start, tokenEnd(token)).includes("\n") ? undefined : text[start] === " ";
}

function first<T, R>(items: readonly T[], found: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const result = found(item);
    if (result !== undefined) return result;
  }
  return undefined;
}
