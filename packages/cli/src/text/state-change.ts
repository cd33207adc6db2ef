import type { Purge } from "@facsimile/pipeline";
import { columns, type Style } from "./style.ts";
import { harmless } from "./value.ts";
import { labelled } from "./words.ts";

export interface StateChange {
  /** From the root. */
  readonly file: string;
  /** Serials. */
  readonly before: number;
  readonly serial: number;
  readonly done: readonly (readonly [string, readonly string[]])[];
  readonly nothing: string;
  readonly instance: string;
  readonly local: boolean;
}

/** Which file changed, what in it, and what to do next. */
export function stateChangeText(change: StateChange, style: Style): string {
  const { file, before, serial, done, nothing, instance, local } = change;
  if (serial === before) return `${file}: nothing was written, ${harmless(nothing)}\n`;
  const lines = [
    `${file}: serial ${before} ${style.arrow} ${serial}`,
    ...done.flatMap(([label, what]) => labelled(label, what.map(harmless))),
    ...labelled("next", local ? [`git add ${file} && git commit`] : [`facs deploy ${instance}`, `which commits and pushes ${file} too`]), // biome-ignore format: one line
  ];
  return `${lines.join("\n")}\n`;
}

/** Which uiids would be given free. */
export function purgeText({ opened, free }: Purge): string {
  const rows = free.map(({ daemon, uiid }) => [harmless(daemon), String(uiid)]);
  return `${[`${opened.state.file}: named by no definition any more`, ...columns(rows)].join("\n")}\n`;
}
