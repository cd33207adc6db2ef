import { loadYaml } from "../files/lazy.ts";
import { isMap, type Value } from "../value.ts";
import {
  blankAbove,
  deletion,
  eolAt,
  hasBlankLine,
  insertion,
  lineEnd,
  lineStart,
  nextLine,
  pastBlanks,
  type Splice,
} from "./splice.ts";
import type { Step } from "./steps.ts";
import { rewrite, type Writing } from "./yaml-flow.ts";
import type { Site } from "./yaml-site.ts";
import { contentEnd, deleteRows, insertRows, isBlock, replaceInSlot } from "./yaml-slot.ts";
import { type Composition, styleOver, valueAt, valuesOf, yamlStyle } from "./yaml-style.ts";
import { yamlFlow, yamlLines } from "./yaml-text.ts";
import { type Item, itemEnd, itemStart, slotOf, tokenStart } from "./yaml-tokens.ts";

/** Where the maps around stay in one line each, a new one does too, up to this length. */
const MAX_LINE = 100;

/** One step in a map or list of lines. */
export function editBlock(site: Site, step: Step): readonly Splice[] | undefined {
  if (step.kind === "remove") return remove(site);
  const writing = { value: step.value, style: yamlStyle(site, site.node) };
  return step.kind === "insert" ? insert(site, writing) : replace(site, writing);
}

function insert(site: Site, writing: Writing): readonly Splice[] | undefined {
  const { text, node, items, key } = site;
  const isSeq = loadYaml().isSeq(node);
  const column = columnOf(text, items);
  const lines = linesOf(site, { ...writing, key }).map((line) => indented(line, column));
  const after = isSeq ? Number(key) - 1 : items.length - 1;
  const last = items[after];
  if (last !== undefined) {
    const plain = insertRows(text, { end: itemEnd(last), lines });
    const isEnd = last === items.at(-1) && lines.length > 1 && !startsWithComment(text.slice(plain.start));
    return [isEnd && isApart(site) ? insertRows(text, { end: itemEnd(last), lines: ["", ...lines] }) : plain];
  }
  const start = itemStart(items[0] as Item);
  const eol = eolAt(text, start);
  return [insertion(start, `${lines.join(eol).slice(column.length)}${eol}${column}`)];
}

/** Whether a blank line comes before the last item. */
function isApart({ text, items }: Site): boolean {
  const [before, last] = items.slice(-2);
  if (before === undefined || last === undefined) return false;
  return hasBlankLine(text.slice(contentEnd(text, itemEnd(before)), itemStart(last)));
}

function startsWithComment(text: string): boolean {
  return /^\s*#/.test(text);
}

function replace(site: Site, { value, style }: Writing): readonly Splice[] | undefined {
  const { text, node, items, index } = site;
  const item = items[index];
  const slot = item === undefined ? undefined : slotOf(item);
  if (slot === undefined) return undefined;
  const writing = { value, style: styleOver(style, valueAt(node, index)) };
  const old = slot.value;
  const apart = old === undefined ? [] : text.slice(slot.after, tokenStart(old)).split("\n").slice(1);
  const hasComment = old?.type === "flow-collection" && /^.\s*#/.test(text.slice(old.offset));
  if (old !== undefined && (hasComment || (apart.length > 0 && !isBlock(old)))) {
    return rewrite(text, { ...writing, token: old });
  }
  const key = loadYaml().isMap(node) ? "k" : "0";
  // Comments between the key and its value would become part of a text that stands in lines of its own.
  const inLine = typeof value === "string" && apart.length > 1;
  const [first = "", ...rest] = inLine ? [`k: ${yamlFlow(value, writing.style)}`] : linesOf(site, { ...writing, key });
  const column = columnOf(text, items);
  const inline = first.replace(/^(?:-|(["']?)k\1:) */, "");
  return replaceInSlot(text, { slot, written: { inline, lines: rest.map((line) => indented(line, column)) } });
}

/** `key: value` or `- value`, in lines without the indentation of `site`. */
function linesOf({ node, index }: Site, { value, style, key }: Writing & { readonly key: string }): readonly string[] {
  const { isCollection, isSeq } = loadYaml();
  const alike = valuesOf(node).filter(
    (each, nth) => nth !== index && isCollection(each) && isSeq(each) !== isMap(value),
  );
  const last = alike.findLast((each) => isCollection(each) && each.items.length > 0);
  const one = isSeq(node) ? [value] : { [key]: value };
  const isFilled = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if (!isFilled || last?.srcToken?.type !== "flow-collection") return yamlLines(one, style);
  const line = yamlFlow(value, style);
  if (line.length > MAX_LINE) return yamlLines(one, style);
  const [lead = ""] = yamlLines(isSeq(node) ? [null] : { [key]: null }, style);
  return [lead.replace(/null$/, () => line)];
}

function remove({ text, items, index }: Site): readonly Splice[] | undefined {
  const item = items[index];
  if (item === undefined) return undefined;
  const [start, end] = [itemStart(item), itemEnd(item)];
  if (text.slice(lineStart(text, start), start).replace("\ufeff", "").trim() === "") {
    const below = text.slice(deleteRows(text, { start, end }).end);
    const isEnd = item === items.at(-1) && !startsWithComment(below);
    const before = isEnd || below.split("\n")[0]?.trim() === "" ? items[index - 1] : undefined;
    const from = before === undefined ? start : itemEnd(before);
    return [deleteRows(text, { start: blankAbove(text, { row: lineStart(text, start), from }), end })];
  }
  // The first of a map in a list has the `-` in its line, which the next takes over.
  let next = pastBlanks(text, nextLine(text, text[end - 1] === "\n" ? end - 1 : end));
  while (next < text.length && lineEnd(text, next) === next) next = pastBlanks(text, nextLine(text, next));
  return items.length > 1 ? [deletion(start, next)] : undefined;
}

/** The first keys of a file that holds nothing but comments, or an empty map. */
export function writeRoot({ text, document }: Composition, value: Value): readonly Splice[] | undefined {
  const { isScalar } = loadYaml();
  const { contents } = document;
  const style = yamlStyle({ text, document }, undefined);
  const token = contents?.srcToken;
  if (token?.type === "flow-collection") {
    const [start, end] = contents?.range ?? [0, 0];
    const isAlone =
      /^\ufeff?[ \t]*$/.test(text.slice(lineStart(text, start), start)) && /^.\s*[}\]]$/.test(text.slice(start, end));
    return isAlone && isMap(value)
      ? unfold(text, { start, end, lines: yamlLines(value, style) })
      : rewrite(text, { token, value, style });
  }
  const isBare = contents === null || (isScalar(contents) && contents.source === "");
  return isBare && isMap(value)
    ? [firstRows(text, { at: document.range?.[1] ?? text.length, lines: yamlLines(value, style) })]
    : undefined;
}

/** Lines in the place of `{}`; a comment behind it comes before them. */
function unfold(
  text: string,
  { start, end, lines }: { start: number; end: number; lines: readonly string[] },
): readonly Splice[] {
  const next = pastBlanks(text, end);
  if (lineEnd(text, next) === next) return [{ start, end, by: lines.join(eolAt(text, start)) }];
  return [deletion(start, next), insertRows(text, { end: next, lines })];
}

/** Behind comments and `---`; a comment is kept apart from what follows. */
function firstRows(text: string, { at, lines }: { at: number; lines: readonly string[] }): Splice {
  const eol = eolAt(text, at);
  const before = text.slice(0, at);
  const isOpen = before !== "" && before !== "\ufeff" && !before.endsWith("\n");
  const [last = ""] = before.trimEnd().split("\n").slice(-1);
  const apart = last.trimStart().startsWith("#") && !/\n\s*\n$/.test(before) ? eol : "";
  return insertion(at, `${isOpen ? eol : ""}${apart}${lines.map((line) => `${line}${eol}`).join("")}`);
}

/** What stands before the items in their lines: blanks, also in the place of the `-` before the first. */
function columnOf(text: string, [first]: readonly Item[]): string {
  const start = first === undefined ? 0 : itemStart(first);
  return text.slice(lineStart(text, start), start).replace("\ufeff", "").replace(/[^\t]/g, " ");
}

function indented(line: string, column: string): string {
  return line === "" ? "" : `${column}${line}`;
}
