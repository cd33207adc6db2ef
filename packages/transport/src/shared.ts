import { compareBytes, FacsimileError } from "@facsimile/core";
import type { Difference, Manifest, Tree } from "@facsimile/manifest";
import type { Place, TreeOptions } from "./types.ts";

/** Where the link of a shared path points, seen from its place in a tree: `uploads` → `../../shared/uploads`. */
export function sharedTarget(path: string): string {
  return `${"../".repeat(path.split("/").length + 1)}shared/${path}`;
}

/** How a tree differs from its release where a shared path has no link. */
export function missingLink(path: string): Difference {
  return { kind: "missing", path, expected: { path, type: "link", target: sharedTarget(path) } };
}

/** Takes ignored paths and right shared links out of a listing. */
export function splitShared(
  manifest: Manifest,
  { ignore = () => false, shared = [] }: TreeOptions,
): { manifest: Manifest; unlinked: string[] } {
  const linked = new Set<string>();
  for (const entry of manifest.entries) {
    if (entry.type === "link" && shared.includes(entry.path) && entry.target === sharedTarget(entry.path))
      linked.add(entry.path);
  }
  const kept = manifest.entries.filter(({ path }) => !linked.has(path) && !isIgnored(path, ignore));
  const present = new Set(kept.map(({ path }) => path));
  return { manifest: { entries: kept }, unlinked: shared.filter((path) => !linked.has(path) && !present.has(path)) };
}

/** What stays from one release to the next is linked in where there are releases; in a mirror it stays where it is. */
export function optionsFor<Options extends TreeOptions>(
  place: Place,
  options: Options,
): Options & { readonly kept?: readonly string[] } {
  const { shared = [], ignore = () => false } = options;
  if (place.strategy !== "mirror" || shared.length === 0) return options;
  return { ...options, shared: [], kept: shared, ignore: (path) => shared.includes(path) || ignore(path) };
}

/** The tree of a mirror with the folders that stay where they are. */
export function withKept({ entries }: Manifest, kept: readonly string[] = []): Manifest {
  const missing = kept.filter((path) => entries.every((entry) => entry.path !== path));
  const folders = missing.map((path) => ({ path, type: "dir", mode: 0o755 }) as const);
  return { entries: [...entries, ...folders].sort((a, b) => compareBytes(a.path, b.path)) };
}

/** What of a release a host is held to: without what it may change itself. */
export function watchedPart(manifest: Manifest, { place, options }: { place: Place; options: TreeOptions }): Manifest {
  const { ignore } = optionsFor(place, options);
  return ignore === undefined ? manifest : { entries: manifest.entries.filter(({ path }) => !isIgnored(path, ignore)) };
}

/** Whether a deploy leaves a path that lies there as it is: in a mirror what programs may change, and nothing else. Pure. */
export function isLeftAlone(path: string, { place, options }: { place: Place; options: TreeOptions }): boolean {
  const { ignore } = optionsFor(place, options);
  return place.strategy === "mirror" && ignore !== undefined && isIgnored(path, ignore);
}

/** Without folders that are there only because of ignored paths, and are not `wanted`. */
export function withoutHolders(
  manifest: Manifest,
  { wanted, ignore }: { wanted: Manifest; ignore: (path: string) => boolean },
): Manifest {
  const known = new Set(wanted.entries.map(({ path }) => path));
  const holders = new Set(
    manifest.entries.filter(({ path }) => isIgnored(path, ignore)).flatMap(({ path }) => above(path)),
  );
  return { entries: manifest.entries.filter(({ path, type }) => type !== "dir" || known.has(path) || !holders.has(path)) }; // biome-ignore format: one line
}

/** A path is ignored with everything beneath it. */
export function isIgnored(path: string, ignore: (path: string) => boolean): boolean {
  const parts = path.split("/");
  return parts.some((_, i) => ignore(parts.slice(0, i + 1).join("/")));
}

/** The tree with every folder that leads to a shared path: a release lists them, so that verifying finds exactly what it lists. */
export function withSharedParents(tree: Tree, shared: readonly string[]): Tree {
  const parents = shared.flatMap((path) => path.split("/").slice(0, -1).map((_, i, parts) => parts.slice(0, i + 1).join("/"))); // biome-ignore format: one line
  const missing = parents.filter((path) => !tree.has(path));
  return new Map([...tree, ...missing.map((path) => [path, { type: "dir", mode: 0o755 }] as const)]);
}

/** @throws `SHARED_IN_TREE` when the release itself brings something where a shared path is to be linked. */
export function checkShared(tree: Tree, shared: readonly string[]): void {
  for (const path of shared) {
    const parts = path.split("/");
    if (parts.some((part) => ["", ".", ".."].includes(part)))
      throw badShared(path, `${JSON.stringify(path)} is no path within a release`);
    for (const [other, node] of tree) {
      const above = path.startsWith(`${other}/`) && node.type !== "dir";
      if (above || other === path || other.startsWith(`${path}/`))
        throw badShared(path, `${path} is shared, yet the release brings ${other}`);
    }
  }
}

function badShared(path: string, message: string): FacsimileError {
  return new FacsimileError("SHARED_IN_TREE", message, {
    hint: `Take it out of the release, or ${path} out of deploy.shared.`,
  });
}

/** The folders that lead to a path, outermost first. */
export function above(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
}
