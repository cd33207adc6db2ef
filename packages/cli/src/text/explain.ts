import { formatPath } from "@facsimile/core";
import type { ExplainedLeaf, Explanation, Origin, Value } from "@facsimile/definitions";
import { placeText } from "./diff.ts";
import { layerLines } from "./explain-layers.ts";
import { columns, type Style } from "./style.ts";
import { harmless, valueText } from "./value.ts";

export interface ExplainTextOptions {
  readonly style: Style;
  /** Also every layer that was looked at. Default: those that set something. */
  readonly all?: boolean | undefined;
  /** Of the terminal, in characters. Default: 120. */
  readonly width?: number | undefined;
}

/** Every value beneath the path with the layer that set it and what that overrode, strongest first. */
export function explainText(explanation: Explanation, options: ExplainTextOptions): string {
  const { leaves, layers } = explanation;
  const blocks = leaves.length === 1 ? leaves.map((leaf) => leafLines(leaf, options)) : leafBlocks(leaves, options);
  if (options.all) blocks.push(["looked at, strongest first", ...layerLines(layers, { said: true })]);
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}

/** Of many values, those of which there is but one thing to tell have a line each, in columns. */
function leafBlocks(leaves: readonly ExplainedLeaf[], options: ExplainTextOptions): (readonly string[])[] {
  const blocks: (readonly string[])[] = [];
  let table: ExplainedLeaf[] = [];
  const flush = () => {
    if (table.length > 0) blocks.push(tableLines(table, options));
    table = [];
  };
  for (const leaf of leaves) {
    if (isShort(leaf, options)) table.push(leaf);
    else {
      flush();
      blocks.push(leafLines(leaf, options));
    }
  }
  flush();
  return blocks;
}

function isShort({ path, value, origin, uses, elsewhere }: ExplainedLeaf, { width = 120 }: ExplainTextOptions) {
  const isPlain = origin !== undefined && origin.overrode.length + uses.length + elsewhere.length === 0;
  const room = Math.min(MAX_VALUE + 24, width - 32);
  return isPlain && value !== undefined && `${formatPath(path)} = ${valueText(value)}`.length <= room;
}

function tableLines(leaves: readonly ExplainedLeaf[], { style }: ExplainTextOptions): readonly string[] {
  const rows = leaves.map(({ path, value, origin }) => {
    const { place, view = "" } = placed(origin);
    return [`${harmless(formatPath(path))} = ${valueText(value ?? null)}`, place, view];
  });
  return columns(rows, { indent: 0, gap: 3 }).map((line, index) => {
    const { length } = harmless(formatPath(leaves[index]?.path ?? []));
    return style.bold(line.slice(0, length)) + line.slice(length);
  });
}

function leafLines(leaf: ExplainedLeaf, { style, width = 120 }: ExplainTextOptions): readonly string[] {
  const rows = rowsOf(leaf, style);
  const hasViews = rows.some(({ view }) => view !== undefined);
  const cells = rows.map(({ place, view, mark }) => [`${place}   `, ...(hasViews ? [`${view ?? ""} `] : []), mark]);
  const taken = columns(cells, { gap: 1 }).reduce((most, line) => Math.max(most, line.length), 0);
  const room = Math.min(MAX_VALUE, Math.max(MIN_VALUE, width - taken - 2));
  const full = cells.map((row, index) => [...row.slice(0, -1), fitted(rows[index], room), row.at(-1) ?? ""]);
  const lines = columns(full, { gap: 1 }).map((line, index) => (rows[index]?.isDim ? style.dim(line) : line));
  return [...titleLines(leaf, { style, width }), ...lines, ...usedLines(leaf, room)];
}

const MAX_VALUE = 56;
const MIN_VALUE = 16;

function titleLines({ path, value, elsewhere }: ExplainedLeaf, { style, width }: { style: Style; width: number }) {
  const name = style.bold(harmless(formatPath(path)));
  if (value === undefined) return [`${name} is ${elsewhere.length > 0 ? "not set for all" : "not set"}`];
  const line = valueText(value);
  if (!Array.isArray(value) || value.length === 0 || line.length + formatPath(path).length + 3 <= width)
    return [`${name} = ${line}`];
  return [`${name} = [`, ...value.map((item) => `  ${valueText(item)},`), "]"];
}

interface Row {
  readonly place: string;
  readonly view: string | undefined;
  readonly value: string;
  /** In its place where there is no room for it. */
  readonly short: string;
  readonly mark: string;
  readonly isDim: boolean;
}

/** Who set it, what that overrode, and who sees another. */
function rowsOf({ value, origin, elsewhere }: ExplainedLeaf, { here }: Style): readonly Row[] {
  const history = origin === undefined ? [] : [origin, ...origin.overrode];
  const blank = " ".repeat(here.length);
  const own = history.map((each, index): Row => {
    const mark = index === 0 ? `${here} this one` : `${blank} overridden`;
    const weaker = history.slice(index + 1).map((one) => one.value);
    return { ...placed(each), ...shownValue(each.value, weaker), mark, isDim: index > 0 };
  });
  const others = elsewhere.map(({ view, value: theirs, origin: there }): Row => {
    const chain = there === undefined ? [] : [there, ...there.overrode];
    const place = placed(chain.find((each) => each.view === view) ?? there);
    return { ...place, ...shownValue(theirs, [value]), mark: `${blank} ${whoText(view)}`, isDim: false };
  });
  return [...own, ...others];
}

/** A value, and the short of it: of a list how many items, and how it differs from the first of `others`. */
function shownValue(value: Value | undefined, others: readonly (Value | undefined)[]): Pick<Row, "value" | "short"> {
  if (value === undefined) {
    const text = others.some((each) => each !== undefined) ? "taken out" : "not set";
    return { value: text, short: text };
  }
  const text = valueText(value);
  if (!Array.isArray(value)) return { value: text, short: text };
  const [below] = others;
  const items = `${value.length} ${value.length === 1 ? "item" : "items"}`;
  return { value: text, short: Array.isArray(below) ? `${items}: ${changeText(value, below)}` : items };
}

function placed(origin: Origin | undefined): Pick<Row, "place" | "view"> {
  if (origin === undefined) return { place: "", view: undefined };
  const place = origin.layer === "defaults" && origin.position === undefined ? "default" : placeText(origin);
  return { place, view: origin.view };
}

/** What to type to see what these hosts see. */
function whoText(view: string): string {
  const [, kind = "", name = ""] = /^@(\w+):(.*)$/.exec(view) ?? [];
  return kind === "system" ? `on ${name}` : `with --${kind} ${name}`;
}

/** `+ "c", - "a"` */
function changeText(list: readonly Value[], below: readonly Value[]): string {
  const [now, before] = [list, below].map((each) => each.map(valueText)) as [string[], string[]];
  const added = now.filter((item) => !before.includes(item)).map((item) => `+ ${item}`);
  const removed = before.filter((item) => !now.includes(item)).map((item) => `- ${item}`);
  return [...added, ...removed].join(", ") || "in another order";
}

function usedLines({ uses }: ExplainedLeaf, room: number): readonly string[] {
  const rows = uses.map(({ path, value, origin }, index) => [
    index === 0 ? "with" : "",
    `${harmless(formatPath(path))} ${value === undefined ? "is not set" : `= ${cut(valueText(value), room)}`}`,
    placed(origin).place,
  ]);
  return columns(rows);
}

function fitted(row: Row | undefined, room: number): string {
  const { value = "", short = "" } = row ?? {};
  return [...value].length <= room ? value : cut(short, room);
}

function cut(text: string, room: number): string {
  const characters = [...text];
  return characters.length <= room ? text : `${characters.slice(0, room - 3).join("")}...`;
}
