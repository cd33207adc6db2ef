import { formatPath, formatPosition } from "@facsimile/core";
import type { Comparison, Difference, Shown } from "@facsimile/definitions";
import { columns, type Style } from "./style.ts";
import { harmless, pairText } from "./value.ts";

/** What was compared with what. */
export interface Sides {
  readonly a: Side;
  readonly b: Side;
  /** Undefined: what holds for all projects. */
  readonly project: string | undefined;
}

export interface Side {
  readonly instance: string;
  /** The git revision; undefined for the files as they are. */
  readonly ref: string | undefined;
}

/** How two definitions differ, for people: counts first, then each value with what either side sets, and where. */
export function diffText(comparison: Comparison, sides: Sides, { all = false }: { all?: boolean } = {}): string {
  const { differences, counts } = comparison;
  const tableOf = (expected: boolean) => table(differences.filter((each) => each.expected === expected), sides); // biome-ignore format: one line
  const blocks = [
    [title(comparison, sides)],
    tableOf(false),
    counts.expected === 0 ? [] : [expectedText(comparison, all ? undefined : commandFor(sides))],
    all ? tableOf(true) : [],
  ];
  const full = blocks.filter((block) => block.length > 0);
  return `${full.map((block) => block.join("\n")).join("\n\n")}\n`;
}

function title({ counts: { compared, different, expected } }: Comparison, sides: Sides): string {
  const { who, these } = namesOf(sides);
  const values = compared === 1 ? "value" : "values";
  if (different > 0) {
    const differ = different === 1 ? "differs" : "differ";
    return `${who}: ${different} of ${compared} ${values} ${differ}${these("between")}`;
  }
  if (expected > 0) return `${who}: no unexpected difference in ${compared} ${values}${these("between")}`;
  return `${who}: ${compared === 1 ? "the 1 value is" : `all ${compared} values are`} the same${these("in")}.`;
}

/** `staging and production, storefront`; or `staging, storefront` and, said later, `between HEAD and the working tree`. */
function namesOf({ a, b, project }: Sides): { who: string; these: (word: string) => string } {
  const of = project === undefined ? "" : `, ${project}`;
  if (isOfInstances({ a, b })) return { who: `${a.instance} and ${b.instance}${of}`, these: () => "" };
  const later = b.ref === undefined ? "the working tree" : refText(b);
  return { who: `${a.instance}${of}`, these: (word) => ` ${word} ${refText(a)} and ${later}` };
}

function isOfInstances({ a, b }: Pick<Sides, "a" | "b">): boolean {
  return a.ref === undefined && b.ref === undefined;
}

function refText({ ref }: Side): string {
  return ref === undefined ? "working tree" : harmless(ref);
}

function table(differences: readonly Difference[], { a, b }: Sides): readonly string[] {
  const labels = isOfInstances({ a, b }) ? [a.instance, b.instance] : [refText(a), refText(b)];
  const rows = differences.flatMap((difference) => {
    const values = pairText(difference.a?.value, difference.b?.value);
    return [difference.a, difference.b].map((side, index) => [
      labels[index] ?? "",
      values[index] ?? "",
      ...(side === undefined ? [] : [placeText(side)]),
    ]);
  });
  const lines = columns(rows, { indent: 4 });
  return differences.flatMap(({ path }, index) => [
    `  ${harmless(formatPath(path))}`,
    ...lines.slice(2 * index, 2 * index + 2),
  ]);
}

/** Where a value was set: the place in its file, or the layer's name where no file holds it. */
export function placeText({ layer, position }: Pick<Shown, "layer"> & Partial<Pick<Shown, "position">>): string {
  return harmless(position === undefined ? layer : formatPosition(position));
}

/** What of `compare.ignore` is idle; nothing where nothing is. */
export function warningsText({ warnings }: Pick<Comparison, "warnings">, { yellow }: Style): string {
  return warnings
    .map(({ code, message, hint, position }) => {
      const where = position === undefined ? "" : `${formatPosition(position)}: `;
      const next = hint === undefined ? "" : `  ${harmless(hint)}\n`;
      return `${yellow("!")} ${harmless(`${where}${code}: ${message}`)}\n${next}`;
    })
    .join("");
}

function expectedText({ counts: { different, expected } }: Comparison, command: string | undefined): string {
  const more = different > 0 ? " more" : "";
  const text = `${expected}${more} ${expected === 1 ? "differs" : "differ"} as expected (compare.ignore)`;
  return command === undefined ? text : `${text}; ${command} lists ${expected === 1 ? "it" : "them"}.`;
}

function commandFor({ a, b, project }: Sides): string {
  const refs = [a.ref, b.ref].filter((ref) => ref !== undefined);
  const words = refs.length === 0 ? [a.instance, b.instance, project] : [a.instance, project, "--ref", refs.join("..")];
  return ["facs diff", ...words.flatMap((word) => (word === undefined ? [] : shellWord(word))), "--all"].join(" ");
}

export function shellWord(text: string): string {
  return /^[\w./:@~^+,%=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
