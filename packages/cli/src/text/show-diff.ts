import type { Difference, Entry } from "@facsimile/manifest";
import type { HostGroup, ReleaseDifference } from "@facsimile/pipeline";
import { bytes, columns, type Style } from "./style.ts";
import { harmless } from "./value.ts";
import { short } from "./words.ts";

/** What a host that goes from one release to the other would see, alike ones together. */
export function showDiffText(difference: ReleaseDifference, style: Style): string {
  const { from, to, groups, onlyFrom, onlyTo, hooks } = difference;
  const name = ({ id, instance, project, version }: ReleaseDifference["from"]) => `${instance}/${project} ${version} (${short(id)})`; // biome-ignore format: one line
  const title = style.bold(`${name(from)} ${style.arrow} ${name(to)}`);
  const lines = [
    ...groups.flatMap((group) => groupLines(group, style)),
    ...(onlyFrom.length === 0 ? [] : [`only in the first: ${onlyFrom.join(" ")}`]),
    ...(onlyTo.length === 0 ? [] : [`only in the second: ${onlyTo.join(" ")}`]),
    ...(hooks ? ["commands around the switch differ"] : []),
  ];
  return `${[title, ...lines.map(harmless)].join("\n")}\n`;
}

function groupLines({ hosts, differences }: HostGroup, style: Style): string[] {
  if (differences.length === 0) return [`${hosts.join(" ")}: the same files`];
  return ["", hosts.join(" "), ...columns(differences.map((one) => cells(one, style)))];
}

function cells({ kind, path, expected, actual }: Difference, { minus, arrow }: Style): string[] {
  if (kind === "missing") return [minus, path, `was ${what(expected)}`];
  if (kind === "extra") return ["+", path, what(actual)];
  const [before, after] = [expected, actual].map((entry) => VALUE[kind](entry));
  return ["~", path, `${before} ${arrow} ${after}${kind === "changed" && before === after ? ", other bytes" : ""}`];
}

function what(entry: Entry | undefined): string {
  if (entry?.type === "file") return `${modeOf(entry)} ${bytes(entry.size)}`;
  return entry?.type === "link" ? `a link to ${entry.target}` : "a folder";
}

const VALUE: Readonly<Record<Exclude<Difference["kind"], "missing" | "extra">, (entry: Entry | undefined) => string>> =
  {
    changed: (entry) => (entry?.type === "file" ? bytes(entry.size) : ""),
    mode: modeOf,
    type: what,
    target: (entry) => (entry?.type === "link" ? entry.target : ""),
  };

function modeOf(entry: Entry | undefined): string {
  return entry === undefined || entry.type === "link" ? "" : entry.mode.toString(8).padStart(4, "0");
}
