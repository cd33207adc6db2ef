import { sha256 } from "@facsimile/core";
import { formatSums, type Tree } from "@facsimile/manifest";
import type { Copy, HostCopy, Release } from "./release.ts";

/** What a release was made from and by whom, beside what is in it. */
export type Provenance = Pick<Release, "state" | "definition" | "built" | "builder">;

/** The content of a copy's `release.json`. */
export function describe(copy: Copy, { state, definition, built, builder }: Provenance): Release {
  const { id, instance, project, version, hooks } = copy;
  return {
    facsimile: "release/1",
    id,
    instance,
    project,
    version,
    hosts: Object.fromEntries(copy.hosts.map(({ host, treeId }) => [host, treeId])),
    trees: Object.fromEntries(distinctTrees(copy.hosts).map((host) => [host.treeId, describeTree(host)])),
    state,
    definition,
    source: copy.source,
    hooks,
    built,
    builder,
  };
}

/** One of the hosts for each distinct tree. */
export function distinctTrees(hosts: readonly HostCopy[]): HostCopy[] {
  return [...new Map(hosts.map((host) => [host.treeId, host])).values()];
}

/** True for a file that holds a secret: it is on no disk but the hosts'. */
export function isWithheld(tree: Tree, path: string): boolean {
  const node = tree.get(path);
  return node?.type === "file" && node.secrets.length > 0;
}

function describeTree({ manifest, tree, secrets }: HostCopy): Release["trees"][string] {
  const withheld = manifest.entries.filter(({ path }) => isWithheld(tree, path)).map(({ path }) => path);
  return { sums: sha256(formatSums(manifest)), secrets, withheld };
}
