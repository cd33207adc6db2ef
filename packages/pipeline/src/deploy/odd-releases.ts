import { FacsimileError } from "@facsimile/core";
import type { AskedVersion, VerifiedHost, VerifiedProject } from "./reports.ts";

/** A release of a project, and how many hosts are of it. */
export interface ReleaseCount {
  readonly release: string;
  readonly version: string;
  readonly hosts: number;
}

/** Releases of a project on these hosts, the most common first. */
export function releaseCounts(project: string, hosts: readonly Pick<VerifiedHost, "projects">[]): ReleaseCount[] {
  const counts = new Map<string, ReleaseCount>();
  for (const { project: name, release, version = "" } of hosts.flatMap(({ projects }) => projects))
    if (name === project && release !== undefined)
      counts.set(release, { release, version, hosts: (counts.get(release)?.hosts ?? 0) + 1 });
  return [...counts.values()].sort((a, b) => b.hosts - a.hosts);
}

/**
 * The same project in several releases: some host was left behind. Every host with another than the most common is told
 * (`ODD_RELEASE`), unless something else is wrong there. Pure.
 *
 * @param defined What a deploy without a version would bring.
 */
export function withOddReleases(
  hosts: readonly VerifiedHost[],
  { instance, defined }: { readonly instance: string; readonly defined: readonly AskedVersion[] },
): VerifiedHost[] {
  const names = new Set(hosts.flatMap(({ projects }) => projects.map(({ project }) => project)));
  const counts = new Map([...names].map((project) => [project, releaseCounts(project, hosts)]));
  return hosts.map((host) => {
    const odd = host.projects.find(({ project, release }) => release !== undefined && release !== counts.get(project)?.[0]?.release); // biome-ignore format: one line
    if (host.problem !== undefined || odd === undefined) return host;
    const problem = oddRelease(odd, { counts: counts.get(odd.project) ?? [], host: host.host, instance, defined });
    return { ...host, problem };
  });
}

interface Told {
  readonly counts: readonly ReleaseCount[];
  readonly host: string;
  readonly instance: string;
  readonly defined: readonly AskedVersion[];
}

function oddRelease({ project, version, release = "" }: VerifiedProject, told: Told): FacsimileError {
  const others = told.counts.filter((each) => each.release !== release);
  const rest = others.map((each) => `${each.hosts === 1 ? "1 host is" : `${each.hosts} hosts are`} of ${each.release.slice(0, 7)}`); // biome-ignore format: one line
  const message = `${project} is of release ${release.slice(0, 7)} (${version}); ${rest.join(", ")}`;
  return new FacsimileError("ODD_RELEASE", message, { hint: alikeHint(project, told) });
}

/** A deploy brings what the definitions say: where most hosts hold another version, that has to be named. */
function alikeHint(project: string, { counts: [most], host, instance, defined }: Told): string {
  const said = defined.find((one) => one.project === project)?.version;
  const isApart = said !== undefined && most !== undefined && most.version !== said;
  const deploy = `A deploy makes them alike: facs deploy ${instance}${isApart ? ` ${project}@${most.version} (the definitions say ${said})` : ""}`; // biome-ignore format: one line
  if (most === undefined) return deploy;
  return `${deploy}; or, to what most hold: facs rollback ${instance} ${project} ${most.release.slice(0, 7)} --hosts ${host}`;
}
