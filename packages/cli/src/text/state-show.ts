import type { ShownState } from "@facsimile/pipeline";
import { type ValueInfo, valueNameText } from "@facsimile/state";
import { policyShown } from "./secrets.ts";
import { dateText, personText } from "./state-merge.ts";
import { columns, count } from "./style.ts";
import { harmless } from "./value.ts";
import { labelled } from "./words.ts";

/** All that a state says of itself, without any value. */
export function showText({ target, facts, values }: ShownState): string {
  const { scope, id, serial, signer, signed, recipients, settings, uiids } = facts;
  const names = values === undefined ? facts.values.map((name) => [harmless(name)]) : values.map(valueCells);
  const lines = [
    `${target.file}: scope ${scope}, serial ${serial}`,
    ...wide("id", [id]),
    ...wide("signed", [`${personText(signer)}, ${dateText(signed)}`]),
    ...wide("recipients", recipients.map(personText)),
    ...block(count(names.length, "value"), names),
    ...block("settings", Object.entries(settings).map(([name, value]) => [harmless(name), harmless(JSON.stringify(value))])), // biome-ignore format: one line
    ...block(
      "uiids",
      Object.entries(uiids).map(([daemon, uiid]) => [harmless(daemon), String(uiid)]),
    ),
  ];
  return `${lines.join("\n")}\n`;
}

function wide(label: string, lines: readonly string[]): readonly string[] {
  return labelled(label, lines, 12);
}

function block(title: string, rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : ["", `  ${title}`, ...columns(rows, { indent: 4 })];
}

function valueCells({ name, created, policy, rotated }: ValueInfo): readonly string[] {
  const whose = name.instance === undefined ? "" : ` of ${name.instance} alone`;
  const since = rotated === undefined ? "" : `, rotated ${dateText(rotated)}`;
  return [harmless(`${valueNameText(name)}${whose}`), policyShown(policy), `${dateText(created)}${since}`];
}
