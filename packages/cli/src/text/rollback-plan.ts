import type { Hooks, RollbackHost, RollbackPlan, RotatedSecrets } from "@facsimile/pipeline";
import { hostProblems } from "./host-problems.ts";
import { pastText } from "./plan-commands.ts";
import { columns, count, type Style } from "./style.ts";
import { harmless } from "./value.ts";
import { groupBy, hostNames, hostsText, short } from "./words.ts";

/**
 * What a rollback would do: which release goes where, what runs then, and which secrets would be old ones.
 *
 * @param typed `given`: the options that were typed, with a blank before them. Default: none.
 */
export function rollbackPlanText(
  plan: RollbackPlan,
  { style, given = "" }: { readonly style: Style; readonly given?: string },
): string {
  const { instance, projects, hosts, rotated } = plan;
  const changing = hosts.filter((host) => host.projects.length > 0);
  const failed = hosts.flatMap(({ host, problem }) => (problem === undefined ? [] : [{ host, problem }]));
  const lost = hostProblems(failed).map((text) => `${style.yellow("!")} ${text}`);
  const blocks = [
    [`${instance}: back to ${projects.map(goalText).join(", ")} on ${hostsText(changing)}`],
    hostLines(plan, style),
    commandLines(plan),
    rotated.flatMap((one) => rotatedLines(one, { instance, given }).map((line) => `${style.yellow("!")} ${line}`)),
    lost,
    [`${count(changing.length, "host")} would be switched. Definitions and state stay as they are.`],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

function goalText({ project, version, release }: RollbackPlan["projects"][number]): string {
  return `${project} ${harmless(version)} (${short(release)})`;
}

/** Hosts with the same way back together. */
function hostLines({ projects, hosts }: RollbackPlan, style: Style): string[] {
  const rows = projects.flatMap((goal) => {
    const way = ({ projects }: RollbackHost) => projects.find(({ project }) => project === goal.project);
    const moving = groupBy(hosts.filter((host) => way(host) !== undefined), (host) => fromText(way(host)?.from)); // biome-ignore format: one line
    return [...moving].map(([from, some]) => [goal.project, from, style.arrow, versionText(goal.version, goal.release), hostNames(some.map(({ host }) => host), " ")]); // biome-ignore format: one line
  });
  return rows.length === 0 ? [] : ["  hosts", ...columns(rows, { indent: 4 })];
}

function fromText(from: RollbackHost["projects"][number]["from"]): string {
  return from === undefined ? "nothing known" : versionText(from.version ?? "?", from.release);
}

function versionText(version: string, release: string): string {
  return `${harmless(version)} (${short(release)})`;
}

function commandLines({ projects }: RollbackPlan): string[] {
  const rows = projects.flatMap(({ project, hooks }) => {
    const of = (kind: "precmd" | "postcmd", when: string) => hooks[kind].map((hook) => [project, when, whereText(hook), harmless([hook.run].flat().join(" "))]); // biome-ignore format: one line
    return [...of("precmd", "before"), ...of("postcmd", "after")];
  });
  return rows.length === 0 ? [] : ["  commands of these releases", ...columns(rows, { indent: 4 })];
}

function whereText(hook: Hooks["postcmd"][number]): string {
  const { target = "all hosts", once } = hook;
  return `${once === true ? `once, on ${target === "all hosts" ? "one host" : target}` : target}${pastText(hook)}`;
}

/** Why a rollback may be the wrong thing, and what is right then. */
export function rotatedLines(
  { project, version, secrets }: RotatedSecrets,
  { instance, given }: { readonly instance: string; readonly given: string },
): string[] {
  return [
    `${project} ${harmless(version)} holds values that are others now: ${secrets.map(harmless).join(", ")}`,
    `  with those of now: facs deploy ${instance} ${project}@${harmless(version)}${given}`,
  ];
}
