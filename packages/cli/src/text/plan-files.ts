import type { Difference, Entry } from "@facsimile/manifest";
import type { Plan } from "@facsimile/pipeline";
import { bytes, columns, type Style } from "./style.ts";
import { harmless } from "./value.ts";
import { groupBy, hostNames } from "./words.ts";

/** More paths than this are only counted. */
const SHOWN = 20;

/**
 * Which paths come, change and go where something ran before; each once for all hosts that see the same.
 *
 * @param typed What the plan was told.
 */
export function pathLines(plan: Plan, { style, typed }: { style: Style; typed: string }): string[] {
  const rows = [...groupBy(changesOf(plan), keyOf).values()].map((alike) => rowOf(alike, { plan, style }));
  if (rows.length === 0) return [];
  const left = rows.length - SHOWN;
  return [
    "  files",
    ...columns(rows.slice(0, SHOWN), { indent: 4 }),
    ...(left > 0 ? [`    and ${left} more: facs plan ${typed} --json`] : []),
  ];
}

interface Change {
  readonly host: string;
  readonly project: string;
  readonly difference: Difference;
}

function changesOf({ hosts }: Plan): Change[] {
  return hosts.flatMap(({ host, projects }) =>
    projects
      .filter(({ current }) => current !== undefined)
      .flatMap(({ project, changes }) => changes.filter(isNews).map((difference) => ({ host, project, difference }))),
  );
}

/** A folder that comes or goes with its files is none; one that comes in the place of a file is. */
export function isNews({ kind, expected, actual }: Difference): boolean {
  return (expected ?? actual)?.type !== "dir" || kind === "mode" || kind === "type";
}

function keyOf({ project, difference: { kind, path } }: Change): string {
  return JSON.stringify([project, kind, path]);
}

function rowOf(alike: readonly Change[], { plan, style }: { plan: Plan; style: Style }): string[] {
  const [first] = alike;
  if (first === undefined) return [];
  const { project, difference } = first;
  const holders = plan.hosts.filter(({ projects }) => projects.some((one) => one.project === project));
  const texts = new Set(alike.map((one) => whatText(one.difference, style)));
  const what = texts.size === 1 ? [...texts].join("") : "not the same on all";
  const on = alike.length === holders.length ? "" : hostNames(alike.map(({ host }) => host));
  const of = plan.projects.length === 1 ? [] : [project];
  return [`${signOf(difference, style)} ${harmless(difference.path)}`, ...of, what, on];
}

function signOf({ kind }: Difference, { minus }: Style): string {
  if (kind === "missing") return "+";
  return kind === "extra" ? minus : "~";
}

function whatText({ kind, expected, actual }: Difference, { arrow }: Style): string {
  if (kind === "missing") return entryText(expected);
  if (kind === "extra") return "removed";
  const [before, after] = kind === "mode" ? [modeOf(actual), modeOf(expected)] : [entryText(actual), entryText(expected)]; // biome-ignore format: one line
  return before === after ? `${after}, other bytes` : `${before} ${arrow} ${after}`;
}

function entryText(entry: Entry | undefined): string {
  if (entry?.type === "file") return bytes(entry.size);
  return entry?.type === "link" ? `a link to ${harmless(entry.target)}` : "a folder";
}

function modeOf(entry: Entry | undefined): string {
  return entry === undefined || entry.type === "link" ? "" : entry.mode.toString(8).padStart(4, "0");
}
