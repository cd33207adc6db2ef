import { FacsimileError } from "@facsimile/core";
import type { VerifiedHost, VerifiedProject } from "./reports.ts";

/**
 * The same project in several releases: some host was left behind. Every host with another than the most common is told
 * (`ODD_RELEASE`), unless something else is wrong there. Pure.
 */
export function withOddReleases(hosts: readonly VerifiedHost[], instance: string): VerifiedHost[] {
  const all = hosts.flatMap(({ projects }) => projects);
  const counts = new Map(all.map(({ project }) => [project, countsOf(project, all)]));
  return hosts.map((host) => {
    const odd = host.projects.find(({ project, release }) => release !== undefined && release !== counts.get(project)?.[0]?.[0]); // biome-ignore format: one line
    if (host.problem !== undefined || odd === undefined) return host;
    const others = (counts.get(odd.project) ?? []).filter(([release]) => release !== odd.release);
    return { ...host, problem: oddRelease(odd, { others, instance }) };
  });
}

type Count = readonly [release: string, hosts: number];

/** Releases of a project, the most common first. */
function countsOf(project: string, all: readonly VerifiedProject[]): Count[] {
  const counts = new Map<string, number>();
  for (const { release } of all.filter((one) => one.project === project))
    if (release !== undefined) counts.set(release, (counts.get(release) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

function oddRelease(
  { project, version, release = "" }: VerifiedProject,
  { others, instance }: { others: readonly Count[]; instance: string },
): FacsimileError {
  const rest = others.map(([id, hosts]) => (hosts === 1 ? `1 host is of ${id.slice(0, 7)}` : `${hosts} hosts are of ${id.slice(0, 7)}`)); // biome-ignore format: one line
  const message = `${project} is of release ${release.slice(0, 7)} (${version}); ${rest.join(", ")}`;
  return new FacsimileError("ODD_RELEASE", message, { hint: `A deploy makes them alike: facs deploy ${instance}` });
}
