import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import type { Tree, TreeNode } from "@facsimile/manifest";
import picomatch from "picomatch";

/** One of the definition's `files`: the last that matches a path decides. */
export interface FileRule {
  /** A glob over paths of the tree. */
  readonly match: string;
  /** Octal, e.g. `"0640"`. */
  readonly mode?: string | undefined;
}

/** A piece of a tree, and who gave it. */
export interface Part {
  /** As people know it, e.g. `tmpl` or `install.groups[2]`. */
  readonly from: string;
  readonly tree: Tree;
}

/** Joins what the sources give. Two files for one path are a problem, as nobody could say which one is meant. */
export function mergeParts(parts: readonly Part[]): { tree: Map<string, TreeNode>; problems: FacsimileError[] } {
  const tree = new Map<string, TreeNode>();
  const owners = new Map<string, string>();
  const problems: FacsimileError[] = [];
  for (const { from, tree: part } of parts) {
    for (const [name, node] of part) {
      const before = tree.get(name);
      const clash = before !== undefined && !(before.type === "dir" && node.type === "dir");
      if (clash) problems.push(twice(name, { first: owners.get(name) ?? "", second: from }));
      tree.set(name, node);
      owners.set(name, from);
    }
  }
  return { tree, problems };
}

/** Gives every node the mode that a release carries. Links that leave the tree are problems. */
export function finishTree(tree: Tree, rules: readonly FileRule[]): { tree: Tree; problems: FacsimileError[] } {
  const matchers = rules.map(({ match, mode }) => ({ matches: picomatch(match, { dot: true }), mode }));
  const problems: FacsimileError[] = [];
  const finished = [...tree].map(([name, node]): [string, TreeNode] => {
    if (node.type === "link") problems.push(...leaves(name, node.target));
    if (node.type !== "file") return [name, node.type === "dir" ? { ...node, mode: 0o755 } : node];
    const wanted = matchers.findLast(({ matches, mode }) => mode !== undefined && matches(name))?.mode;
    const mode = wanted === undefined ? modeOf(node) : Number.parseInt(wanted, 8);
    return [name, mode === node.mode ? node : { ...node, mode }];
  });
  return { tree: new Map(finished), problems };
}

// git keeps only the executable bit; the rest would be the umask of whoever cloned.
function modeOf({ mode, secrets }: TreeNode & { type: "file" }): number {
  const executable = (mode & 0o100) !== 0;
  if (secrets.length > 0) return executable ? 0o700 : 0o600;
  return executable ? 0o755 : 0o644;
}

function leaves(name: string, target: string): FacsimileError[] {
  const lands = path.posix.join(path.posix.dirname(name), target);
  if (!path.posix.isAbsolute(target) && lands !== ".." && !lands.startsWith("../")) return [];
  return [
    new FacsimileError("INSTALL_LINK_OUTSIDE", `${name} is a link to ${target}, outside the release`, {
      hint: "Link to something inside the release, by a relative path.",
    }),
  ];
}

function twice(name: string, { first, second }: { first: string; second: string }): FacsimileError {
  return new FacsimileError("INSTALL_CLASH", `${name} comes from ${first} and from ${second}`, {
    hint: "Leave it out of one of them.",
  });
}
