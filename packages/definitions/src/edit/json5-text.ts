import { isList, isMap, type Value, type ValueMap } from "../value.ts";
import { isBareKey, type Json5Style } from "./json5-style.ts";

/** A list of scalars stays in one line up to this length. */
const MAX_LIST = 80;

export interface Layout {
  readonly style: Json5Style;
  readonly eol: string;
  /** The indentation of the line where the value begins; undefined keeps it in one line. */
  readonly indent: string | undefined;
}

/** The value as the file would write it. */
export function json5Text(value: Value, layout: Layout): string {
  if (typeof value === "string") return quotedText(value, layout.style.quote);
  if (typeof value === "number") return numberText(value);
  if (typeof value !== "object" || value === null) return String(value);
  const [open, close] = isMap(value) ? ["{", "}"] : ["[", "]"];
  const { style, eol, indent } = layout;
  if (indent !== undefined && wantsRows(value, layout)) {
    const rows = json5Rows(value, { ...layout, indent: indent + style.unit });
    return `${open}${eol}${rows}${eol}${indent}${close}`;
  }
  if (!isFilled(value)) return `${open}${close}`;
  const pad = isMap(value) ? style.mapPad : style.listPad;
  return `${open}${pad}${json5Line(value, layout)}${pad}${close}`;
}

/** What stands between the brackets of a map or list in one line, without pads. */
export function json5Line(value: ValueMap | readonly Value[], layout: Layout): string {
  return itemsOf(value, { ...layout, indent: undefined }).join(`,${layout.style.gap}`);
}

/** What stands between the brackets of a map or list in rows, of which `indent` is the indentation. */
export function json5Rows(value: ValueMap | readonly Value[], layout: Layout): string {
  const { style, eol, indent = "" } = layout;
  const items = itemsOf(value, layout).map((item) => `${indent}${item}`);
  return items.join(`,${eol}`) + (style.lastComma ? "," : "");
}

/** `key: value` as the file would write it. */
export function json5Member([key, value]: readonly [string, Value], layout: Layout): string {
  const { style } = layout;
  const name = style.bareKeys && isBareKey(key) ? key : quotedText(key, style.keyQuote);
  return `${name}${style.colon}${json5Text(value, layout)}`;
}

function itemsOf(value: ValueMap | readonly Value[], layout: Layout): readonly string[] {
  if (isList(value)) return value.map((item) => json5Text(item, layout));
  return Object.entries(value).map((entry) => json5Member(entry, layout));
}

function wantsRows(value: ValueMap | readonly Value[], layout: Layout): boolean {
  if (!isFilled(value)) return false;
  return !isList(value) || value.some(isFilled) || json5Line(value, layout).length > MAX_LIST;
}

function isFilled(value: Value): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

/** A whole number that is too large to be exact has an exponent, so that no reader misses its last digits. */
export function numberText(value: number): string {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}

function quotedText(text: string, quote: string): string {
  const escaped = text.replace(UNSAFE, (char) =>
    char === '"' || char === "'" ? quoteIn(char, quote) : escapeOf(char),
  );
  return `${quote}${escaped}${quote}`;
}

function quoteIn(char: string, quote: string): string {
  return char === quote ? `\\${char}` : char;
}

function escapeOf(char: string): string {
  const short = JSON.stringify(char).slice(1, -1);
  return short === char ? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}` : short;
}

/** Quotes, and what is invisible or ends a line for some reader. */
const UNSAFE = /["'\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g;
