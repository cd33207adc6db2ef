import type { Definition, Warning } from "@facsimile/definitions";
import type { Tree } from "@facsimile/manifest";
import picomatch from "picomatch";
import type { HostCopy } from "../release/release.ts";

/** A project's definition, and what its hosts are to hold. */
export interface Ruled {
  readonly definition: Pick<Definition, "hosts" | "origin" | "values" | "view">;
  readonly hosts: readonly Pick<HostCopy, "host" | "tree">[];
}

/**
 * The rules of `files` that match no file of any host. A rule that projects share may be for one of them: unless all are
 * here, nobody can say.
 */
export function idleRules(copies: readonly Ruled[]): Warning[] {
  const [first] = copies;
  if (first === undefined || copies.length < Object.keys(first.definition.values.projects ?? {}).length) return [];
  const used = new Set(copies.flatMap(usedRules));
  return copies.flatMap(({ definition: { values, origin } }) =>
    (values.files ?? []).flatMap(({ match }, index) => {
      if (used.has(match)) return [];
      used.add(match);
      const position = (origin(["files", String(index), "match"]) ?? origin(["files"]))?.position;
      const hint = "A pattern is for a whole path of the release, without a / at its beginning.";
      return [{ code: "INSTALL_IDLE", message: `files: ${match} matches no file`, hint, position }];
    }),
  );
}

function usedRules({ definition, hosts }: Ruled): string[] {
  const trees = new Map(hosts.map(({ host, tree }) => [host, tree]));
  // Most hosts share their tree: each rule is tried once with it.
  const rules = new Map<Tree, Set<string>>();
  for (const host of definition.hosts) {
    const tree = trees.get(host.name);
    const matches = (definition.view(host).files ?? []).map(({ match }) => match);
    if (tree !== undefined) rules.set(tree, new Set([...(rules.get(tree) ?? []), ...matches]));
  }
  return [...rules].flatMap(([tree, matches]) => [...matches].filter((match) => isUsed(match, tree)));
}

function isUsed(match: string, tree: Tree): boolean {
  const matches = picomatch(match, { dot: true });
  for (const [name, { type }] of tree) if (type === "file" && matches(name)) return true;
  return false;
}
