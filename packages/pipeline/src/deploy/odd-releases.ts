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
  const countsOf = (project: string) => counts.get(project) ?? [];
  return hosts.map((host) => {
    const odd = host.projects.filter(({ project, release }) => release !== undefined && release !== countsOf(project)[0]?.release); // biome-ignore format: one line
    if (host.problem !== undefined || odd.length === 0) return host;
    const message = odd.map((held) => oddText(held, countsOf(held.project))).join("; ");
    const hint = alikeHint(odd.map(({ project }) => ({ project, counts: countsOf(project) })), { instance, defined }); // biome-ignore format: one line
    return { ...host, problem: new FacsimileError("ODD_RELEASE", message, { hint }) };
  });
}

function oddText({ project, version, release = "" }: VerifiedProject, counts: readonly ReleaseCount[]): string {
  const others = counts.filter((each) => each.release !== release);
  const rest = others.map((each) => `${each.hosts === 1 ? "1 host is" : `${each.hosts} hosts are`} of ${each.release.slice(0, 7)}`); // biome-ignore format: one line
  return `${project} is of release ${release.slice(0, 7)} (${version}); ${rest.join(", ")}`;
}

/** A project that is odd somewhere, and its releases, the most common first. */
interface Odd {
  readonly project: string;
  readonly counts: readonly ReleaseCount[];
}

/** A deploy brings what the definitions say: after a rollback that is not what most hosts are meant to hold. */
function alikeHint(
  odd: readonly Odd[],
  { instance, defined }: { readonly instance: string; readonly defined: readonly AskedVersion[] },
): string {
  const most = mostHeld(odd, defined);
  const deploy = `A deploy makes them alike: facs deploy ${instance}`;
  if (most === undefined) return deploy;
  const said = defined.filter(({ project }) => odd.some((one) => one.project === project));
  const told = (all: readonly AskedVersion[]) => all.map(({ project, version }) => (odd.length === 1 ? version : `${project} ${version}`)).join(", "); // biome-ignore format: one line
  const words = most.versions.map(({ project, version }) => `${project}@${version}`).join(" ");
  const why = most.isTied ? "others" : "most";
  return `${deploy}, by ${told(said)}, as the definitions say; or by ${told(most.versions)}, as ${why} are: facs deploy ${instance} ${words}`;
}

export interface MostHeld {
  readonly versions: readonly AskedVersion[];
  /** Of some project as many hosts hold another release: nobody can say what most hold. */
  readonly isTied: boolean;
}

/**
 * The versions that most hosts hold of these projects; where as many hold several, one that the definitions do not say. Undefined: a
 * deploy would bring them anyway, or one of them comes from `--src-dir`. Pure.
 */
export function mostHeld(odd: readonly Odd[], defined: readonly AskedVersion[]): MostHeld | undefined {
  const isSaid = (held: AskedVersion) => defined.some(({ project, version }) => project === held.project && version === held.version); // biome-ignore format: one line
  const held = odd.map(({ project, counts }) => counts.filter(({ hosts }) => hosts === counts[0]?.hosts).map(({ version }) => ({ project, version }))); // biome-ignore format: one line
  const versions = held.flatMap((most) => most.find((one) => !isSaid(one)) ?? most[0] ?? []);
  if (versions.every(isSaid) || versions.some(isOfTree)) return undefined;
  return { versions, isTied: held.some(({ length }) => length > 1) };
}

/** No repository has such a version: `--src-dir` made it. Pure. */
export function isOfTree({ version }: { readonly version?: string | undefined }): boolean {
  return version === "dev" || version?.endsWith("+dev") === true;
}
