import type { Difference } from "@facsimile/manifest";
import type { HostPlan, Plan } from "@facsimile/pipeline";
import { differenceCells } from "./difference.ts";
import { secretName } from "./secret-names.ts";
import { bytes, columns, count, type Style } from "./style.ts";
import { groupBy } from "./words.ts";

/** What each host would get, alike ones in one line, and what was edited on them by hand. */
export function planHostLines({ hosts }: Plan, style: Style): string[] {
  const asked = hosts.filter(isAnswering);
  if (asked.length === 0) return [];
  const alike = groupBy(asked, (host) =>
    JSON.stringify([host.region, host.targets, changeText(host, style), sentText(host)]),
  );
  const rows = [...alike.values()].map((group) => groupCells(group, style));
  return ["  hosts", ...columns(rows, { indent: 4 }), ...driftLines(asked)];
}

/** It told what it holds, though it may lack what its copy needs. */
export function isAnswering({ problem }: HostPlan): boolean {
  return problem === undefined || problem.code === "LIBRARY_MISSING";
}

/** Which hosts would hold a secret that they did not hold before. */
export function secretLines({ hosts }: Plan): string[] {
  const pairs = hosts.flatMap(({ host, projects }) =>
    projects.flatMap(({ newSecrets }) => newSecrets.map((name) => ({ name, host }))),
  );
  if (pairs.length === 0) return [];
  const rows = [...groupBy(pairs, ({ name }) => name)].map(([name, given]) => [
    secretName(name),
    `new on ${given.map(({ host }) => host).join(", ")}`,
  ]);
  return ["  secrets", ...columns(rows, { indent: 4 })];
}

function driftLines(hosts: readonly HostPlan[]): string[] {
  const rows = hosts.flatMap(({ host, projects }) =>
    projects.flatMap(({ project, drift }) =>
      drift.map((difference) => [host, project, ...differenceCells(difference)]),
    ),
  );
  return rows.length === 0 ? [] : ["", "  edited by hand", ...columns(rows, { indent: 4 })];
}

function groupCells(hosts: readonly HostPlan[], style: Style): string[] {
  const [first] = hosts;
  if (first === undefined) return [];
  const names = hosts.map(({ host }) => host).join(" ");
  return [first.region ?? "", first.targets.join(","), names, changeText(first, style), sentText(first)];
}

function changeText({ projects }: HostPlan, { minus }: Style): string {
  const changes = projects.flatMap(({ changes }) => changes);
  if (changes.length > 0)
    return `+${paths(changes, ["missing"])} ~${paths(changes, ["changed", "mode", "type", "target"])} ${minus}${paths(changes, ["extra"])}`;
  if (projects.some(({ drift }) => drift.length > 0)) return "put right";
  return projects.some(({ release }) => !release) ? "new record" : "unchanged";
}

/** Files and links: a folder that comes or goes with them is no news. */
function paths(changes: readonly Difference[], kinds: readonly Difference["kind"][]): number {
  const counted = changes.filter(
    ({ kind, expected, actual }) => kinds.includes(kind) && !(kind !== "mode" && (expected ?? actual)?.type === "dir"),
  );
  return new Set(counted.map(({ path }) => path)).size;
}

function sentText({ projects }: HostPlan): string {
  const files = projects.reduce((sum, project) => sum + project.files, 0);
  const size = projects.reduce((sum, project) => sum + project.bytes, 0);
  return files === 0 ? "" : `${count(files, "file")}, ${bytes(size)}`;
}
