import { FacsimileError } from "@facsimile/core";
import type { VerifiedHost, VerifiedProject } from "./reports.ts";

/** The same project in two releases: some host was left behind. Every host with another than the most common is told. */
export function withOddReleases(hosts: readonly VerifiedHost[]): VerifiedHost[] {
  const all = hosts.flatMap(({ projects }) => projects);
  const common = new Map(
    [...new Set(all.map(({ project }) => project))].map((project) => [
      project,
      mostCommon(all.filter((one) => one.project === project)),
    ]),
  );
  return hosts.map((host) => {
    const odd = host.projects.find(({ project, release }) => release !== undefined && release !== common.get(project));
    if (host.problem !== undefined || odd === undefined) return host;
    const message = `${odd.project} is of release ${odd.release?.slice(0, 7)} (${odd.version}), on the other hosts of release ${common.get(odd.project)?.slice(0, 7)}`;
    return { ...host, problem: new FacsimileError("ODD_RELEASE", message, { hint: "Deploy again." }) };
  });
}

function mostCommon(projects: readonly VerifiedProject[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { release } of projects) if (release !== undefined) counts.set(release, (counts.get(release) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
