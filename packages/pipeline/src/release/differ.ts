import { compareTrees, type Difference, type Manifest } from "@facsimile/manifest";
import type { Release } from "./release.ts";
import type { ShownRelease, ShownTree } from "./show.ts";

export interface ReleaseDifference {
  readonly schema: "show-diff/1";
  readonly from: Side;
  readonly to: Side;
  /** Hosts of both releases; those that see the same differences are one group. */
  readonly groups: readonly HostGroup[];
  /** Hosts that only one of them has. */
  readonly onlyFrom: readonly string[];
  readonly onlyTo: readonly string[];
  /** True where hosts would be told to run something else around the switch. */
  readonly hooks: boolean;
}

export type Side = Pick<Release, "id" | "instance" | "project" | "version">;

export interface HostGroup {
  readonly hosts: readonly string[];
  /** `missing`: only the first has the path; `extra`: only the second. `expected` is of the first, `actual` of the second. */
  readonly differences: readonly Difference[];
}

/** What two releases give hosts differently. Pure. */
export function compareReleases(from: ShownRelease, to: ShownRelease): ReleaseDifference {
  const [before, after] = [from.release, to.release];
  const groups = new Map<string, { hosts: string[]; differences: readonly Difference[] }>();
  for (const host of Object.keys(before.hosts).filter((host) => host in after.hosts)) {
    const differences = differencesAt(host, { from, to });
    const key = JSON.stringify(differences);
    groups.set(key, { differences, hosts: [...(groups.get(key)?.hosts ?? []), host] });
  }
  return {
    schema: "show-diff/1",
    from: sideOf(before),
    to: sideOf(after),
    groups: [...groups.values()],
    onlyFrom: Object.keys(before.hosts).filter((host) => !(host in after.hosts)),
    onlyTo: Object.keys(after.hosts).filter((host) => !(host in before.hosts)),
    hooks: JSON.stringify(before.hooks) !== JSON.stringify(after.hooks),
  };
}

function sideOf({ id, instance, project, version }: Release): Side {
  return { id, instance, project, version };
}

function differencesAt(host: string, { from, to }: { from: ShownRelease; to: ShownRelease }): readonly Difference[] {
  const [before, after] = [from, to].map(({ trees }) => trees.find(({ hosts }) => hosts.includes(host)));
  return before?.tree === after?.tree ? [] : compareTrees(bare(before), bare(after));
}

function bare(tree: ShownTree | undefined): Manifest {
  return { entries: tree?.entries.map(({ withheld, ...entry }) => entry) ?? [] };
}
