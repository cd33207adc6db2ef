import { type FacsimileError, formatProblem } from "@facsimile/core";
import { count } from "./style.ts";
import { harmless, harmlessLines } from "./value.ts";

export interface Held {
  readonly project: string;
  readonly version: string;
  readonly release: string;
}

/** `all 6 hosts hold exactly their copy of storefront 1.1.0 (3f9c1e7), ledger 2.3.0 (9b01c44)`. */
export function holdsText(hosts: number, projects: readonly Held[]): string {
  const who = hosts === 1 ? "1 host holds exactly its copy" : `all ${hosts} hosts hold exactly their copy`;
  return `${who} of ${heldText(projects)}`;
}

export function heldText(projects: readonly Held[]): string {
  return projects
    .map(({ project, version, release }) => `${project} ${harmless(version)} (${harmless(short(release))})`)
    .join(", ");
}

/** The part of an id that people read out. */
export function short(id: string): string {
  return id.slice(0, 7);
}

/** `6 hosts (eu 3, us 3)`. */
export function hostsText(hosts: readonly { region: string | undefined }[]): string {
  const regions = [...groupBy(hosts, ({ region }) => region)].filter(([region]) => region !== undefined);
  const named = regions.map(([region, members]) => `${region} ${members.length}`);
  return count(hosts.length, "host") + (named.length === 0 ? "" : ` (${named.join(", ")})`);
}

/** More names than this are only counted. */
const NAMED = 6;

/** `web1, web2`, or `24 hosts`. */
export function hostNames(names: readonly string[], between = ", "): string {
  return names.length > NAMED ? count(names.length, "host") : names.join(between);
}

/** A host's failure, with its name once: most messages begin with it, and many hold what it said. */
export function hostProblem(host: string, problem: FacsimileError): string {
  const text = harmlessLines(formatProblem(problem));
  return naming(host).test(text) ? text : `${host}: ${text}`;
}

/** The host's name, not as a part of another one, nor of a path. */
export function naming(host: string): RegExp {
  return new RegExp(`(?<![\\w./-])${host.replace(/[.+]/g, "\\$&")}(?![\\w/-]|\\.\\w)`, "g");
}

/** Lines whose first is marked by `label`, and which all begin in one column. */
export function labelled(label: string, lines: readonly string[], width = 9): string[] {
  return lines
    .flatMap((line) => line.split("\n"))
    .map((line, index) => `  ${(index === 0 ? label : "").padEnd(width)}${line}`);
}

export function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
