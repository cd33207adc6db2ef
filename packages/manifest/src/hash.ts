import { type FacsimileError, throwProblems } from "@facsimile/core";
import { type Digest, digesting } from "./content.ts";
import { badPath, checkTreePaths } from "./paths.ts";
import { unreadable } from "./problems.ts";
import { inSlices } from "./slices.ts";
import { sorted } from "./sorted.ts";
import type { Content, Entry, Manifest, Tree, TreeNode } from "./types.ts";

export interface HashOptions {
  /**
   * What is known of contents already; what is found is added. With one map for several trees, a content that is in all
   * of them (the same object) is read once. It must not change meanwhile. Default: nothing is known.
   */
  readonly known?: WeakMap<Content, Digest>;
}

/**
 * The manifest that a host holding exactly `tree` has. Parent folders that the tree leaves out get mode 0755; set-id and
 * sticky bits are not carried.
 *
 * @throws `TREE_BAD_PATH`, `TREE_SAME_PATH` (see {@link checkTreePaths}), `TREE_UNREADABLE`; all that were found.
 */
export async function manifestOf(tree: Tree, { known = new WeakMap() }: HashOptions = {}): Promise<Manifest> {
  throwProblems([...checkTreePaths(tree.keys()), ...notFolders(tree)]);
  return inSlices(hashing(tree, known));
}

function* hashing(tree: Tree, known: WeakMap<Content, Digest>): Generator<void, Manifest> {
  const entries: Entry[] = [];
  const problems: FacsimileError[] = [];
  for (const [path, node] of withParents(tree)) {
    try {
      entries.push(yield* entryOf(path, { node, known }));
    } catch (error) {
      problems.push(unreadable(path, error));
    }
  }
  throwProblems(problems);
  return { entries: sorted(entries) };
}

function* entryOf(
  path: string,
  { node, known }: { node: TreeNode; known: WeakMap<Content, Digest> },
): Generator<void, Entry> {
  if (node.type === "link") return { path, type: "link", target: node.target };
  const mode = node.mode & 0o777;
  if (node.type === "dir") return { path, type: "dir", mode };
  const digest = known.get(node.content) ?? (yield* digesting(node.content, { path }));
  known.set(node.content, digest);
  return { path, type: "file", mode, ...digest };
}

function notFolders(tree: Tree): FacsimileError[] {
  return [...tree.keys()].flatMap((path) => {
    const parent = parentsOf(path).find((parent) => (tree.get(parent)?.type ?? "dir") !== "dir");
    return parent === undefined ? [] : [badPath(path, `lies under ${JSON.stringify(parent)}, which is no folder`)];
  });
}

function withParents(tree: Tree): Map<string, TreeNode> {
  const all = new Map(tree);
  for (const path of tree.keys()) {
    for (const parent of parentsOf(path)) if (!all.has(parent)) all.set(parent, { type: "dir", mode: 0o755 });
  }
  return all;
}

function parentsOf(path: string): string[] {
  const parents: string[] = [];
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1))
    parents.push(path.slice(0, slash));
  return parents;
}
