import type { Hooks, HostPlan, Plan, ProjectPlan } from "@facsimile/pipeline";
import { columns, count } from "./style.ts";
import { harmless } from "./value.ts";

/** What hosts would be told to run around the switch, and how many of them. */
export function commandLines({ projects, hosts }: Plan): string[] {
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
  { run, target, once }: Hooks["postcmd"][number],
  { project: { project }, hosts }: { project: ProjectPlan; hosts: readonly HostPlan[] },
): string[][] {
  const on = hosts
    .filter((host) => host.projects.some((one) => one.project === project && isSwitched(one)))
    .filter(({ targets }) => target === undefined || targets.some((one) => one === target));
  const [first] = on;
  if (first === undefined) return [];
  const where = once === true ? `once, on ${first.host}` : count(on.length, "host");
  return [[target === undefined ? project : `${project} on ${target}`, where, harmless([run].flat().join(" "))]];
}

/** Only the name of its release may be new: then nothing is restarted. */
function isSwitched({ tree, current, drift, changes }: HostPlan["projects"][number]): boolean {
  return tree !== current || drift.length > 0 || changes.length > 0;
}
