import type { Document, Scalar } from "yaml";
import { loadYaml } from "../files/lazy.ts";
import { isList, isMap, type Value, type ValueMap } from "../value.ts";
import { numberText } from "./json5-text.ts";
import type { YamlStyle } from "./yaml-style.ts";

/** A list of scalars stays in one line up to this length. */
const MAX_LIST = 80;

/** What is invisible, or ends a line for some reader: written as an escape. */
const SPECIAL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]/;
/** What cannot be a text in lines of its own, or only where a line end follows. */
const BLANK_END = /(?:^|\n)[\t\n ]+$/;
const UNESCAPED = /[\u007f-\u009f\u2028\u2029\ufeff]/g;

/** The lines of a map or list in block style. */
export function yamlLines(value: ValueMap | readonly Value[], style: YamlStyle): readonly string[] {
  const document = documentOf(value, { style, inLine: false });
  loadYaml().visit(document, {
    Seq: (key, node) => {
      if (key !== null && style.flowLists && isShortList(node.toJSON() as Value, style)) node.flow = true;
    },
  });
  return rendered(document, { style, pad: style.listPad }).slice(0, -1).split("\n");
}

/** A value in one line: `{ a: [b, c] }`. */
export function yamlFlow(value: Value, style: YamlStyle): string {
  return yamlFlowItems([value], { ...style, listPad: isMap(value) ? style.mapPad : style.listPad });
}

/** The items of a map or list in one line: `a: 1, b: 2`. */
export function yamlFlowItems(value: ValueMap | readonly Value[], style: YamlStyle): string {
  const document = documentOf(value, { style, inLine: true });
  if (document.contents !== null) Object.assign(document.contents, { flow: true });
  const pad = isMap(value) ? style.mapPad : style.listPad;
  const text = rendered(document, { style, pad }).trimEnd();
  return pad ? text.slice(2, -2) : text.slice(1, -1);
}

/** A list that stands in one line where the file has no other habit. */
export function isShortList(value: Value, style: YamlStyle): boolean {
  return isList(value) && !value.some(isLong) && yamlFlow(value, style).length <= MAX_LIST;
}

function isLong(value: Value): boolean {
  if (typeof value === "string") return value.includes("\n");
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function documentOf(
  value: ValueMap | readonly Value[],
  { style, inLine }: { style: YamlStyle; inLine: boolean },
): Document {
  const { Document, visit } = loadYaml();
  // Readers of YAML 1.1 take yes, 1:30 and 2001-01-01 for other things than text.
  const document = new Document(value, { compat: "yaml-1.1", aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (key, node) => {
      if (typeof node.value === "number" && /e/.test(numberText(node.value))) {
        node.source = numberText(node.value);
        node.format = "EXP";
      }
      const type =
        typeof node.value === "string" ? typeOf(node.value, { style, inLine, isKey: key === "key" }) : undefined;
      if (type !== undefined) node.type = type;
    },
  });
  return document as Document;
}

interface Use {
  readonly style: YamlStyle;
  readonly inLine: boolean;
  readonly isKey: boolean;
}

/** How a text is to be written; undefined where it is the yaml package's to say. */
function typeOf(text: string, { style, inLine, isKey }: Use): Scalar.Type | undefined {
  const { Scalar } = loadYaml();
  const isRows = text.includes("\n");
  if (SPECIAL.test(text) || (isRows && (inLine || BLANK_END.test(text)))) return Scalar.QUOTE_DOUBLE;
  const quote = isKey ? style.keys : style.texts;
  if (quote === "" || isRows) return undefined;
  return quote === "'" ? Scalar.QUOTE_SINGLE : Scalar.QUOTE_DOUBLE;
}

function rendered(document: Document, { style, pad }: { style: YamlStyle; pad: boolean }): string {
  const text = document.toString({
    indent: style.indent,
    indentSeq: style.indentLists,
    singleQuote: style.quote === "'",
    flowCollectionPadding: pad,
    lineWidth: 0,
    doubleQuotedAsJSON: true,
    blockQuote: "literal",
  });
  return text.replace(UNESCAPED, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
