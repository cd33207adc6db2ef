import type { NamedKey } from "@facsimile/pipeline";
import { type StateChange, stateChangeText } from "./state-change.ts";
import { count, type Style } from "./style.ts";
import { grouped, nameText } from "./trust.ts";
import { harmless } from "./value.ts";
import { labelled } from "./words.ts";

/** What was written, and how it is opened. */
export function exportText(told: {
  file: string;
  scope: string;
  serial: number;
  recipients: readonly string[];
}): string {
  const { file, scope, serial, recipients } = told;
  const lines = [
    `${harmless(file)}: the state of ${scope}, serial ${serial}, encrypted to ${count(recipients.length, "recipient")}`,
    ...labelled("by hand", [`gpg --decrypt ${harmless(file)}`]),
    ...labelled("back", [`facs state import INSTANCE --from ${harmless(file)}`]),
  ];
  return `${lines.join("\n")}\n`;
}

/** Who is to open a state that is made anew, before the question. */
export function restoredText(file: string, recipients: readonly NamedKey[]): string {
  const people = recipients.map(({ fingerprint, userId }) => `${grouped(fingerprint)}  ${nameText(userId)}`);
  return `${[`${file}: would be made anew`, ...labelled("for", people)].join("\n")}\n`;
}

export interface ImportTold extends Omit<StateChange, "done" | "nothing"> {
  readonly added: readonly string[];
  /** What stayed as it was. */
  readonly left: readonly string[];
  readonly isRestored: boolean;
}

/** What came of an import. */
export function importText({ added, left, isRestored, ...change }: ImportTold, style: Style): string {
  const done = [
    ...(isRestored ? [["restored", ["all of it"]] as const] : []),
    ...(added.length === 0 ? [] : [["added", added] as const]),
    ...(left.length === 0 ? [] : [["kept", left.map((name) => `${name}, which differs in the export`)] as const]),
  ];
  const kept =
    left.length === 0 ? "it has all of this" : `it has all of this, and keeps ${left.join(", ")}, which differ`;
  return stateChangeText({ ...change, done, nothing: kept }, style);
}
