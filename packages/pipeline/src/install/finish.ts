import { FacsimileError, formatPosition, type Position } from "@facsimile/core";
import type { Tree, TreeNode } from "@facsimile/manifest";
import { linkFlaw } from "@facsimile/templates";
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
  /** Where the definition has it. */
  readonly position?: Position | undefined;
  readonly tree: Tree;
}

/**
 * Joins what the sources give. Two files for one path, or a file where another has a folder, are problems, as nobody could
 * say which one is meant.
 */
export function mergeParts(parts: readonly Part[]): { tree: Map<string, TreeNode>; problems: FacsimileError[] } {
  const tree = new Map<string, TreeNode>();
  const owners = new Map<string, Part>();
  const problems: FacsimileError[] = [];
  for (const part of parts) {
    for (const [name, node] of part.tree) {
      const before = owners.get(name);
      const isShared = tree.get(name)?.type === "dir" && node.type === "dir";
      if (before !== undefined && !isShared) problems.push(twice(name, { first: before, second: part }));
      tree.set(name, node);
      owners.set(name, part);
    }
  }
  return { tree, problems: [...problems, ...underFiles(tree, owners)] };
}

/** Paths that lie under what another source gives as a file or a link; each of those once. */
function underFiles(tree: Tree, owners: ReadonlyMap<string, Part>): FacsimileError[] {
  const problems = new Map<string, FacsimileError>();
  for (const [name, second] of owners) {
    for (let slash = name.indexOf("/"); slash > 0; slash = name.indexOf("/", slash + 1)) {
      const above = name.slice(0, slash);
      const [node, first] = [tree.get(above), owners.get(above)];
      if (node === undefined || node.type === "dir" || first === undefined || problems.has(above)) continue;
      problems.set(above, twice(above, { first, second, what: `as a ${node.type}`, asFolder: name }));
    }
  }
  return [...problems.values()];
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
  const flaw = linkFlaw(name, target);
  if (flaw === undefined) return [];
  return [
    new FacsimileError("INSTALL_LINK_OUTSIDE", `${name} is a link to ${target}, ${flaw}`, {
      hint: "Link to something inside the release, by a relative path.",
    }),
  ];
}

function twice(
  name: string,
  { first, second, what, asFolder }: { first: Part; second: Part; what?: string; asFolder?: string },
): FacsimileError {
  // The place of one leads the message; that of the other stands in it.
  const shown = ({ from, position }: Part) =>
    position === undefined || position === lead ? from : `${from} (${formatPosition(position)})`;
  const lead = second.position ?? first.position;
  const sides = [shown(first), what].filter((text) => text !== undefined).join(" ");
  const other = `${shown(second)}${asFolder === undefined ? "" : ` as a folder (${asFolder})`}`;
  return new FacsimileError("INSTALL_CLASH", `${name} comes from ${sides} and from ${other}`, {
    position: lead,
    hint: "Leave it out of one of them.",
  });
}
