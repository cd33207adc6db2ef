import { concerns, type Hooks, type HostPlan, type Plan, type ProjectPlan } from "@facsimile/pipeline";
import { columns, count } from "./style.ts";
import { harmless } from "./value.ts";

/** What hosts would be told to run around the switch, and how many of them. */
export function commandLines({ projects, ...plan }: Plan): string[] {
  const hosts = inOrder(plan);
  return [
    ...linesOf("  before the switch", rowsOf("precmd", { projects, hosts })),
    ...linesOf("  after the switch", rowsOf("postcmd", { projects, hosts })),
  ];
}

function linesOf(title: string, rows: readonly string[][]): string[] {
  return rows.length === 0 ? [] : [title, ...columns(rows, { indent: 4 })];
}

function rowsOf(kind: "precmd" | "postcmd", { projects, hosts }: Pick<Plan, "projects" | "hosts">): string[][] {
  return projects.flatMap((project) => project.hooks[kind].flatMap((hook) => rowOf(hook, { project, hosts })));
}

function rowOf(
  hook: Hooks["postcmd"][number],
  { project: { project }, hosts }: { project: ProjectPlan; hosts: readonly HostPlan[] },
): string[][] {
  const { run, target, once } = hook;
  const on = hosts
    .filter((host) => host.projects.some((one) => one.project === project && isSwitched(one)))
    .filter((host) => concerns(hook, host));
  const [first] = on;
  if (first === undefined) return [];
  const where = once === true ? `once, on ${first.host}` : count(on.length, "host");
  return [[target === undefined ? project : `${project} on ${target}`, `${where}${pastText(hook)}`, harmless([run].flat().join(" "))]]; // biome-ignore format: one line
}

/** Of a command past which nothing goes back by itself. */
export function pastText({ irreversible }: Pick<Hooks["postcmd"][number], "irreversible">): string {
  return irreversible === true ? ", irreversible" : "";
}

/** Only the name of its release may be new: then nothing is restarted. What was never confirmed is. */
function isSwitched({ tree, current, drift, changes, unconfirmed }: HostPlan["projects"][number]): boolean {
  return tree !== current || drift.length > 0 || changes.length > 0 || unconfirmed === true;
}

/** As they would be switched. */
function inOrder({ hosts, waves }: Pick<Plan, "hosts" | "waves">): readonly HostPlan[] {
  if (waves === undefined) return hosts;
  const names = waves.flatMap((wave) => wave.hosts);
  const switched = names.flatMap((name) => hosts.filter(({ host }) => host === name));
  return [...switched, ...hosts.filter(({ host }) => !names.includes(host))];
}
