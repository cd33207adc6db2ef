import { formatPosition } from "@facsimile/core";
import type { MadeSecret, Plan, ValueChange } from "@facsimile/pipeline";
import { placeText } from "./diff.ts";
import { policyShown } from "./secrets.ts";
import { columns, count, type Style } from "./style.ts";
import { harmless, pairText } from "./value.ts";
import { hostNames } from "./words.ts";

/** What definitions say otherwise than before, and where; why that is not known of all. */
export function valueLines({ values, notes }: Plan, { arrow, yellow }: Style): string[] {
  const rows = values.map((change) => valueCells(change, arrow));
  const told = notes.map((note) => `    ${yellow("!")} ${harmless(note)}`);
  return rows.length + told.length === 0 ? [] : ["  values", ...columns(rows, { indent: 4 }), ...told];
}

function valueCells(change: ValueChange, arrow: string): string[] {
  const { projects, path, from, to, hosts } = change;
  const [before, after] = pairText(from, to);
  const on = hosts === undefined ? "" : ` on ${hostNames(hosts)}`;
  return [projects.join(", "), `${harmless(path)}${on}`, `${before} ${arrow} ${after}`, placeText(change)];
}

/** What is made: secrets with what they are for, numbers of daemons. */
export function stateLines({ made, state }: Plan): string[] {
  const numbered = Object.entries(state.uiids).map(([daemon, uiid]) => [`+ uiid ${daemon} = ${uiid}`]);
  const rows = [...made.map(madeCells), ...numbered];
  return rows.length === 0 ? [] : ["  state", ...columns(rows, { indent: 4 })];
}

function madeCells({ name, policy, modules, position }: MadeSecret): string[] {
  const word = modules.length === 1 ? "module" : `${count(modules.length, "module")}:`;
  const made = policyShown(policy);
  const use = modules.length === 0 ? made : `${made}, for ${word} ${modules.join(", ")}`;
  return [`+ secret ${harmless(name)}`, harmless(use), ...(position === undefined ? [] : [formatPosition(position)])];
}
