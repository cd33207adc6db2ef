import { type FacsimileError, formatPosition } from "@facsimile/core";
import type { HostPlan, HostProjectPlan, Plan, ProjectPlan } from "@facsimile/pipeline";
import { evenSo, hostHints } from "./advice.ts";
import { hostProblems } from "./host-problems.ts";
import { commandLines } from "./plan-commands.ts";
import { pathLines } from "./plan-files.ts";
import { isAnswering, planHostLines, secretLines } from "./plan-hosts.ts";
import { stateLines, valueLines } from "./plan-values.ts";
import { madeNames } from "./secret-names.ts";
import { columns, count, type Style } from "./style.ts";
import { harmless } from "./value.ts";
import { holdsText, hostsText } from "./words.ts";

export interface PlanTextOptions {
  /** Somebody is asked next: no command is told, and something is to be done. Default `false`. */
  readonly asks?: boolean;
  /** Instance, projects and options that say what is meant, as they were typed. Default: all of the instance. */
  readonly typed?: string;
  /** How rendered files change, as `fileChangeLines` gives it. Default: nothing of it. */
  readonly files?: readonly string[];
}

/** The whole plan for people: what changes, where, and the next command. */
export function planText(
  plan: Plan,
  style: Style,
  { asks = false, files = [], typed = wholeOf(plan) }: PlanTextOptions = {},
): string {
  const changing = plan.hosts.filter(isChanging);
  const lost = plan.hosts.filter(({ problem }) => problem !== undefined);
  if (!asks && changing.length + lost.length === 0 && !makesState(plan))
    return `${[nothingToDo(plan), ...downLines(plan, style)].join("\n")}\n`;
  const blocks: (readonly string[])[] = [
    [title(plan, style), "", ...columns(plan.projects.map((project) => projectCells(project, { plan, style })))],
    valueLines(plan, style),
    stateLines(plan),
    planHostLines(plan, style),
    secretLines(plan),
    pathLines(plan, { style, typed }),
    commandLines(plan),
    files,
    downLines(plan, style),
    lostLines(lost, { style, deploy: `facs deploy ${typed}`, instance: plan.instance }),
    [next(plan, { changing: changing.length, lost, asks, typed })],
  ];
  const full = blocks.filter((block) => block.length > 0);
  return `${full.map((block) => block.join("\n")).join("\n\n")}\n`;
}

export function isChanging({ projects }: HostPlan): boolean {
  return projects.some(isProjectChanging);
}

function isProjectChanging({ release, drift, changes }: HostProjectPlan): boolean {
  return !release || drift.length > 0 || changes.length > 0;
}

function nothingToDo(plan: Plan): string {
  const projects = plan.projects.map(({ project, to, release }) => ({ project, version: to, release }));
  return `${plan.instance}: ${holdsText(plan.hosts.length, projects)}. Nothing to do.`;
}

function makesState({ state }: Plan): boolean {
  return madeNames(state).length > 0 || Object.keys(state.uiids).length > 0;
}

function title(plan: Plan, { arrow }: Style): string {
  const { scope, serial } = plan.state;
  const to = makesState(plan) ? ` ${arrow} ${serial + 1}` : "";
  const where = plan.local ? "on this machine" : hostsText(plan.hosts);
  return `${plan.instance}: ${count(plan.projects.length, "project")}, ${where}, state ${scope} serial ${serial}${to}`;
}

function projectCells(project: ProjectPlan, { plan, style }: { plan: Plan; style: Style }): string[] {
  const { from, to, position } = project;
  if (from.length === 1 && from[0] === to) return [project.project, to, sameVersion(project, plan)];
  if (from.length === 0 && !isAsked(project, plan)) return [project.project, to, "none of its hosts could be asked what runs there"]; // biome-ignore format: one line
  const before = from.length === 0 ? "new" : from.map(harmless).join(" and ");
  const where = position === undefined ? "a deploy writes it into the definition" : formatPosition(position);
  return [project.project, `${before} ${style.arrow} ${to}`, where];
}

/** Some host that is to hold it answered: only then is a project new that runs nowhere. */
function isAsked({ project }: ProjectPlan, { hosts }: Plan): boolean {
  return hosts.some((host) => isAnswering(host) && host.projects.some((one) => one.project === project));
}

function sameVersion({ project }: ProjectPlan, { hosts }: Plan): string {
  const mine = hosts.flatMap(({ projects }) => projects.filter((one) => one.project === project));
  const other = mine.filter(({ changes }) => changes.length > 0);
  if (other.some(({ current }) => current !== undefined)) return "other content";
  if (other.length > 0) return `new on ${count(other.length, "host")}`;
  const open = mine.filter(({ unconfirmed }) => unconfirmed).length;
  if (open > 0) return `switched and never confirmed on ${count(open, "host")}: commands and health run again`;
  const drifted = mine.filter(({ drift }) => drift.length > 0).length;
  if (drifted > 0) return `edited by hand on ${count(drifted, "host")}`;
  return mine.every(({ release }) => release)
    ? "unchanged"
    : "the same files; commands, the hosts that it is made for, or what a host has on record of it, changed";
}

function downLines({ down = [] }: Plan, { yellow }: Style): string[] {
  return down.map(({ host, region, why }) => `  ${yellow("!")} ${region === undefined ? "" : `${region}/`}${host} is left out: ${why}`); // biome-ignore format: one line
}

/** The same trouble and what to do about it are said once, however many hosts have it. */
function lostLines(
  lost: readonly HostPlan[],
  { style: { red, bad }, deploy, instance }: { style: Style; deploy: string; instance: string },
): string[] {
  const failed = lost.flatMap(({ host, problem }) => (problem === undefined ? [] : [{ host, problem }]));
  const lines = hostProblems(failed).flatMap((text) => text.split("\n").map((line) => `  ${red(bad)} ${line}`));
  const meant = evenSo(lost.map(({ problem }) => problem), deploy); // biome-ignore format: one line
  return [...lines, ...hostHints(lost, instance).map((hint) => `    ${hint}`), ...meant.map((line) => `    ${line}`)]; // biome-ignore format: one line
}

/** With the versions that no file says. */
function wholeOf({ instance, projects }: Plan): string {
  const asked = projects.filter(({ position }) => position === undefined).map(({ project, to }) => ` ${project}@${to}`);
  return `${instance}${asked.join("")}`;
}

function next(
  { hosts: { length: total }, refused = [] }: Plan,
  { changing, lost, asks, typed }: { changing: number; lost: readonly HostPlan[]; asks: boolean; typed: string },
): string {
  if (lost.length === 0) return `${count(changing, "host")} would change.${asks ? "" : ` ${whatThen(refused, typed)}`}`;
  if (lost.length === total && !lost.some(isAnswering)) return `${count(total, "host")} could not be asked: what would change there is not known.`; // biome-ignore format: one line
  const unfit = lost.filter(isAnswering).length;
  const unknown = lost.length === unfit ? [] : [`${count(lost.length - unfit, "host")} could not be asked.`];
  const lacking = `${count(unfit, "host")} ${unfitText(lost.filter(isAnswering))}: a deploy would stop before it begins.`;
  const sentences =
    changing === 0
      ? [...unknown, "Nothing else would change."]
      : [`${count(changing, "host")} would change.`, ...unknown];
  return [...sentences, ...(unfit === 0 ? [] : [lacking]), ...(refused.length === 0 ? [] : [whatThen(refused, typed)])].join(" "); // biome-ignore format: one line
}

/** No command that would be refused. */
function whatThen(refused: readonly FacsimileError[], typed: string): string {
  if (refused.length === 0) return `Run: facs deploy ${typed}`;
  return `A deploy would be refused: ${refused.map(({ message }) => harmless(message)).join("; ")}.`;
}

function unfitText(hosts: readonly HostPlan[]): string {
  const isOne = hosts.length === 1;
  if (hosts.every(({ problem }) => problem?.code === "LIBRARY_MISSING"))
    return `${isOne ? "lacks" : "lack"} shared libraries`;
  return `cannot have ${isOne ? "its copy" : "their copies"}`;
}
