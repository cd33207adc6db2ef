import type { Difference } from "@facsimile/manifest";
import { type HostPlan, isRefused, type Plan } from "@facsimile/pipeline";
import { differenceCells } from "./difference.ts";
import { isNews } from "./plan-files.ts";
import { secretName } from "./secret-names.ts";
import { bytes, columns, count, type Style } from "./style.ts";
import { harmless } from "./value.ts";
import { groupBy, hostNames } from "./words.ts";

/** What each host would get, and what was edited on them by hand; hosts on which the same paths change are one line. */
export function planHostLines({ hosts }: Plan, style: Style): string[] {
  const asked = hosts.filter((host) => isAnswering(host) && host.projects.length > 0);
  if (asked.length === 0) return [];
  const alike = groupBy(asked, changeKey);
  const rows = [...alike.values()].map((group) => groupCells(group, style));
  return ["  hosts", ...columns(rows, { indent: 4 }), ...driftLines(asked)];
}

/** It answered, though it cannot have its copy. */
export function isAnswering({ problem }: HostPlan): boolean {
  return problem === undefined || isRefused(problem);
}

function changeKey({ region, targets, projects }: HostPlan): string {
  const seen = projects.map(({ project, release, changes, drift, newSecrets, unconfirmed }) => {
    const paths = [changes, drift].map((found) => found.map(({ kind, path }) => [kind, path]));
    return [project, release, paths, newSecrets, unconfirmed];
  });
  return JSON.stringify([region, targets, seen]);
}

/** Which hosts would hold a secret that they did not hold before. */
export function secretLines({ hosts }: Plan): string[] {
  const pairs = hosts.flatMap(({ host, projects }) =>
    projects.flatMap(({ newSecrets }) => newSecrets.map((name) => ({ name, host }))),
  );
  if (pairs.length === 0) return [];
  const rows = [...groupBy(pairs, ({ name }) => name)].map(([name, given]) => [
    secretName(name),
    `new on ${hostNames(given.map(({ host }) => host))}`,
  ]);
  return ["  secrets", ...columns(rows, { indent: 4 })];
}

function driftLines(hosts: readonly HostPlan[]): string[] {
  const found = hosts.flatMap(({ host, projects }) =>
    projects.flatMap(({ project, drift }) =>
      drift.map((difference) => ({ host, cells: [project, ...differenceCells(difference).map(harmless)] })),
    ),
  );
  const rows = [...groupBy(found, ({ cells }) => JSON.stringify(cells)).values()].flatMap((alike) =>
    alike[0] === undefined ? [] : [[hostNames(alike.map(({ host }) => host)), ...alike[0].cells]],
  );
  return rows.length === 0 ? [] : ["", "  edited by hand", ...columns(rows, { indent: 4 })];
}

function groupCells(hosts: readonly HostPlan[], style: Style): string[] {
  const [first] = hosts;
  if (first === undefined) return [];
  const names = hostNames(
    hosts.map(({ host }) => host),
    " ",
  );
  return [first.region ?? "", first.targets.join(","), names, changeText(first, style), sentText(hosts)];
}

function changeText({ projects }: HostPlan, style: Style): string {
  const what = whatChanges(projects, style);
  if (!projects.some(({ unconfirmed }) => unconfirmed)) return what;
  return what === "new record" ? "switched, never confirmed" : `${what}, never confirmed`;
}

function whatChanges(projects: HostPlan["projects"], { minus }: Style): string {
  // Each project is a tree of its own: the same path in two of them is two files.
  const changes = projects.map(({ changes }) => changes);
  if (changes.some((one) => one.length > 0))
    return `+${paths(changes, ["missing"])} ~${paths(changes, ["changed", "mode", "type", "target"])} ${minus}${paths(changes, ["extra"])}`;
  if (projects.some(({ drift }) => drift.length > 0)) return "put right";
  return projects.some(({ release }) => !release) ? "new record" : "unchanged";
}

function paths(projects: readonly (readonly Difference[])[], kinds: readonly Difference["kind"][]): number {
  const counted = projects.map((changes) => changes.filter((change) => kinds.includes(change.kind) && isNews(change)));
  return counted.reduce((sum, changes) => sum + new Set(changes.map(({ path }) => path)).size, 0);
}

/** Of one host; a little more on another that has its own name in a file. */
function sentText(hosts: readonly HostPlan[]): string {
  const [files = 0] = hosts.map(({ projects }) => projects.reduce((sum, project) => sum + project.files, 0));
  const sizes = hosts.map(({ projects }) => projects.reduce((sum, project) => sum + project.bytes, 0));
  const isSame = sizes.every((size) => size === sizes[0]);
  return files === 0 ? "" : `${count(files, "file")}, ${isSame ? "" : "up to "}${bytes(Math.max(...sizes))}`;
}
