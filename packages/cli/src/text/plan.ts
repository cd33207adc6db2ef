import { formatPosition, formatProblem } from "@facsimile/core";
import type { Difference } from "@facsimile/manifest";
import type { HostPlan, HostProjectPlan, Plan, ProjectPlan } from "@facsimile/pipeline";
import { bytes, columns, count, type Style } from "./style.ts";

/** The whole plan for people: what changes, where, and the next command. */
export function planText(plan: Plan, style: Style): string {
  const changing = plan.hosts.filter(isChanging);
  const unreachable = plan.hosts.filter(({ problem }) => problem !== undefined);
  if (changing.length === 0 && unreachable.length === 0 && !changesState(plan)) return `${nothingToDo(plan)}\n`;
  const blocks = [
    [title(plan, style), "", ...projectLines(plan, style)],
    stateLines(plan),
    hostLines(plan, style),
    hookLines(plan, changing),
    unreachable.map(
      ({ host, problem }) =>
        `  ${style.red(style.bad)} ${host}  ${problem === undefined ? "" : formatProblem(problem)}`,
    ),
    [next(plan, { changing: changing.length, unreachable: unreachable.length })],
  ];
  return `${blocks.filter((block) => block.length > 0).map((block) => block.join("\n")).join("\n\n")}\n`; // biome-ignore format: one line
}

/** `all 6 hosts hold exactly storefront 1.1.0 (3f9c1e7), ledger 2.3.0 (9b01c44)`. */
export function holdsText(
  hosts: number,
  projects: readonly { project: string; version: string; release: string }[],
): string {
  const held = projects.map(({ project, version, release }) => `${project} ${version} (${short(release)})`).join(", ");
  return `${hosts === 1 ? "1 host holds" : `all ${hosts} hosts hold`} exactly ${held}`;
}

export function short(id: string): string {
  return id.slice(0, 7);
}

/** `6 hosts (eu 3, us 3)`. */
export function hostsText(hosts: readonly { region: string | undefined }[]): string {
  const regions = groupBy(hosts, ({ region }) => region);
  const named = [...regions]
    .filter(([region]) => region !== undefined)
    .map(([region, members]) => `${region} ${members.length}`);
  return count(hosts.length, "host") + (named.length === 0 ? "" : ` (${named.join(", ")})`);
}

function nothingToDo(plan: Plan): string {
  const projects = plan.projects.map(({ project, to, release }) => ({ project, version: to, release }));
  return `${plan.instance}: ${holdsText(plan.hosts.length, projects)}. Nothing to do.`;
}

function changesState({ state }: Plan): boolean {
  return state.passwords.length > 0 || Object.keys(state.uiids).length > 0;
}

function title(plan: Plan, { arrow }: Style): string {
  const { scope, serial } = plan.state;
  const state = changesState(plan)
    ? `state ${scope} serial ${serial} ${arrow} ${serial + 1}`
    : `state ${scope} serial ${serial}`;
  const where = plan.local ? "on this machine" : hostsText(plan.hosts);
  return `${plan.instance}: ${count(plan.projects.length, "project")}, ${where}, ${state}`;
}

function projectLines(plan: Plan, style: Style): string[] {
  return columns(plan.projects.map((project) => projectCells(project, { plan, style })));
}

function projectCells(
  { project, from, to, position }: ProjectPlan,
  { plan, style }: { plan: Plan; style: Style },
): string[] {
  const changing = plan.hosts.some((host) =>
    host.projects.some((one) => one.project === project && isProjectChanging(one)),
  );
  if (from.length === 1 && from[0] === to) return [project, to, changing ? "same version, other content" : "unchanged"];
  const before = from.length === 0 ? "not there" : from.join(" and ");
  return [project, `${before} ${style.arrow} ${to}`, position === undefined ? "" : formatPosition(position)];
}

function stateLines({ state }: Plan): string[] {
  const made = state.passwords.map((user) => `    + secret passwd/${user}`);
  const numbered = Object.entries(state.uiids).map(([daemon, uiid]) => `    + uiid ${daemon} = ${uiid}`);
  return made.length + numbered.length === 0 ? [] : ["  state", ...made, ...numbered];
}

function hostLines(plan: Plan, style: Style): string[] {
  const asked = plan.hosts.filter(({ problem }) => problem === undefined);
  if (asked.length === 0) return [];
  const groups = groupBy(asked, (host) =>
    JSON.stringify([host.region, host.targets, changeText(host, style), sizeOf(host)]),
  );
  const rows = [...groups.values()].map((hosts) => groupCells(hosts, style));
  const lines = ["  hosts", ...columns(rows, { indent: 4 })];
  const drifted = asked.flatMap(({ host, projects }) =>
    projects.flatMap(({ drift }) => drift.map(({ path }) => `    ! ${host}: ${path} was edited by hand`)),
  );
  const secrets = asked.flatMap(({ host, projects }) =>
    projects.flatMap(({ newSecrets }) => newSecrets.map((name) => [host, name] as const)),
  );
  const bySecret = groupBy(secrets, ([, name]) => name);
  const given = [...bySecret].map(([name, pairs]) => `    ${name} is new on ${pairs.map(([host]) => host).join(" ")}`);
  return [...lines, ...drifted, ...(given.length === 0 ? [] : ["  secrets", ...given])];
}

function groupCells(hosts: readonly HostPlan[], style: Style): string[] {
  const [first] = hosts;
  if (first === undefined) return [];
  const { files, size } = sizeOf(first);
  const sent = files === 0 ? "" : `${count(files, "file")}, ${bytes(size)}`;
  return [
    first.region ?? "",
    first.targets.join(","),
    hosts.map(({ host }) => host).join(" "),
    changeText(first, style),
    sent,
  ];
}

function changeText({ projects }: HostPlan, { minus }: Style): string {
  const changes = projects.flatMap((project) => project.changes);
  if (changes.length === 0) return projects.some(isProjectChanging) ? "" : "unchanged";
  return `+${only(changes, ["missing"])} ~${only(changes, ["changed", "mode", "type", "target"])} ${minus}${only(changes, ["extra"])}`;
}

function only(changes: readonly Difference[], kinds: readonly Difference["kind"][]): number {
  return new Set(changes.filter(({ kind }) => kinds.includes(kind)).map(({ path }) => path)).size;
}

function sizeOf({ projects }: HostPlan): { files: number; size: number } {
  const add = (a: number, b: number) => a + b;
  return {
    files: projects.map(({ files }) => files).reduce(add, 0),
    size: projects.map((project) => project.bytes).reduce(add, 0),
  };
}

function hookLines(plan: Plan, changing: readonly HostPlan[]): string[] {
  const touched = new Set(
    changing.flatMap(({ projects }) => projects.filter(isProjectChanging).map(({ project }) => project)),
  );
  return plan.projects
    .filter(({ project }) => touched.has(project))
    .flatMap(({ project, hooks }) =>
      hooks.postcmd.map(
        ({ run, target }) =>
          `  after the switch, ${project}${target === undefined ? "" : ` on ${target}`}:  ${[run].flat().join(" ")}`,
      ),
    );
}

function next(plan: Plan, { changing, unreachable }: { changing: number; unreachable: number }): string {
  const cannot = unreachable === 0 ? "" : ` ${count(unreachable, "host")} could not be asked.`;
  const projects = plan.projects
    .filter(({ position }) => position === undefined)
    .map(({ project, to }) => ` ${project}@${to}`);
  return `${count(changing, "host")} would change.${cannot} Run: facs deploy ${plan.instance}${projects.join("")}`;
}

function isChanging({ projects }: HostPlan): boolean {
  return projects.some(isProjectChanging);
}

function isProjectChanging({ release, drift }: HostProjectPlan): boolean {
  return !release || drift.length > 0;
}

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
