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
    const problem = oddRelease(odd, { counts: counts.get(odd.project) ?? [], instance, defined });
    return { ...host, problem };
  });
}

interface Told {
  readonly counts: readonly ReleaseCount[];
  readonly instance: string;
  readonly defined: readonly AskedVersion[];
}

function oddRelease({ project, version, release = "" }: VerifiedProject, told: Told): FacsimileError {
  const others = told.counts.filter((each) => each.release !== release);
  const rest = others.map((each) => `${each.hosts === 1 ? "1 host is" : `${each.hosts} hosts are`} of ${each.release.slice(0, 7)}`); // biome-ignore format: one line
  const message = `${project} is of release ${release.slice(0, 7)} (${version}); ${rest.join(", ")}`;
  return new FacsimileError("ODD_RELEASE", message, { hint: alikeHint(project, told) });
}

/** A deploy brings what the definitions say: after a rollback that is not what most hosts are meant to hold. */
function alikeHint(project: string, { counts, instance, defined }: Told): string {
  const said = defined.find((one) => one.project === project)?.version;
  const most = mostApart(counts, said);
  const deploy = `A deploy makes them alike: facs deploy ${instance}`;
  if (most === undefined) return deploy;
  return `${deploy}, by ${said}, as the definitions say; or by ${most.version}, as most are: facs deploy ${instance} ${project}@${most.version}`;
}

/** The release that most hosts hold, where it is not of the version that is defined, nor one that `--src-dir` made. Pure. */
export function mostApart([most]: readonly ReleaseCount[], said: string | undefined): ReleaseCount | undefined {
  return most === undefined || said === undefined || most.version === said || isOfTree(most) ? undefined : most;
}

/** No repository has such a version: `--src-dir` made it. Pure. */
export function isOfTree({ version }: { readonly version?: string | undefined }): boolean {
  return version === "dev" || version?.endsWith("+dev") === true;
}
