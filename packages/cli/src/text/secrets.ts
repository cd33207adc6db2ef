import { ALPHABET } from "@facsimile/state";
import type { Style } from "./style.ts";
import { harmless } from "./value.ts";
import { groupBy, labelled } from "./words.ts";

export interface ChangedSecret {
  readonly name: string;
  /** The instance that has it for itself. */
  readonly only?: string | undefined;
  readonly change: "set" | "replaced" | "made" | "rotated" | "removed" | "imported" | "kept";
  /** How it was made. */
  readonly policy?: string | undefined;
}

/** What a command did to the secrets of a scope. */
export interface SecretsChange {
  readonly schema: "secrets-change/1";
  readonly instance: string;
  readonly scope: string;
  /** Relative to the root. */
  readonly file: string;
  /** The serial before. */
  readonly before: number;
  /** The same where nothing was written. */
  readonly serial: number;
  readonly changes: readonly ChangedSecret[];
  /** Instances for which something changed. */
  readonly seenBy: readonly string[];
  readonly notes: readonly string[];
}

/** Of labels. */
const WIDTH = 10;

/** Which file changed, what in it, for whom, and what to do next. */
export function secretsChangeText(
  { instance, file, before, serial, changes, seenBy, notes }: SecretsChange,
  { local, style }: { readonly local: boolean; readonly style: Style },
): string {
  if (serial === before) return `${[`${file}: nothing was written.`, ...doneLines(changes), ...notes.map(indented)].join("\n")}\n`; // biome-ignore format: one line
  const next = local
    ? [`git add ${file} && git commit`, ...deploys(seenBy, instance)]
    : [...deploys(seenBy, instance), `which commits and pushes ${file} too`];
  const lines = [
    `${file}: serial ${before} ${style.arrow} ${serial}`,
    ...doneLines(changes),
    ...(seenBy.length === 0 ? [] : labelled("seen by", [seenBy.join(", ")], WIDTH)),
    ...notes.map(indented),
    ...labelled("next", next, WIDTH),
  ];
  return `${lines.join("\n")}\n`;
}

function doneLines(changes: readonly ChangedSecret[]): readonly string[] {
  const groups = groupBy(changes, ({ change }) => change);
  return [...groups].flatMap(([change, group]) => labelled(change, [group.map(changedText).join(", ")], WIDTH));
}

function changedText({ name, only, policy }: ChangedSecret): string {
  const whose = only === undefined ? "" : ` of ${only} alone`;
  return `${harmless(name)}${whose}${policy === undefined ? "" : ` (${policyShown(policy)})`}`;
}

function indented(line: string): string {
  return `  ${line}`;
}

/** More instances than these are counted. */
const MAX_NAMES = 6;

function deploys(seenBy: readonly string[], instance: string): readonly string[] {
  const names = seenBy.length === 0 ? [instance] : seenBy;
  if (names.length > MAX_NAMES) return [`facs deploy, for each of these ${names.length} instances`];
  return names.map((name) => `facs deploy ${name}`);
}

/** How a value is made, for people: `hex 32`, `20 letters and digits`, `40 of äöü`, `given`. */
export function policyShown(policy: string): string {
  const [, length, alphabet] = /^length (\d+) of (.+)$/su.exec(policy) ?? [];
  if (alphabet === undefined) return policy;
  return alphabet === ALPHABET ? `${length} letters and digits` : `${length} of ${harmless(alphabet)}`;
}
