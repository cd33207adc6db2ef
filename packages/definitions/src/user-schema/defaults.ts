import type { KeyPath, Position } from "@facsimile/core";
import type { Part } from "../files/source-file.ts";
import { entryOf, freeze, isMap, isSecretRef, type Value, type ValueMap } from "../value.ts";
import type { UserNode } from "./node.ts";

/** The defaults of everything below `root`, in one map. */
export function defaultsOf(root: UserNode): ValueMap {
  return freeze((defaultOf(root) as ValueMap | undefined) ?? {});
}

/** The default of a map wins over those of what it holds. */
function defaultOf({ says, properties }: UserNode): Value | undefined {
  const entries = [...properties].flatMap(([key, node]) => {
    const value = defaultOf(node);
    return value === undefined ? [] : [[key, value] as const];
  });
  const inner = entries.length === 0 ? undefined : Object.fromEntries(entries);
  if (says.default === undefined) return inner;
  return inner === undefined ? says.default : over(says.default, inner);
}

function over(strong: Value, weak: Value): Value {
  if (!isMap(strong) || !isMap(weak) || isSecretRef(strong) || isSecretRef(weak)) return strong;
  const merged = Object.entries(strong).map(([key, value]) => {
    const below = entryOf(weak, key);
    return [key, below === undefined ? value : over(value, below)] as const;
  });
  return { ...weak, ...Object.fromEntries(merged) };
}

interface Reached {
  readonly at: KeyPath;
  /** How many keys of the path it explains. */
  readonly depth: number;
}

/** Where the default that gives the value at `path` is written, or what comes nearest. */
export function placeOfDefault(root: UserNode, { path, part }: { path: KeyPath; part: Part | undefined }): Position {
  const nodes = nodesAlong(root, path);
  const reached = nodes.flatMap((node, depth) => reachedIn(node, { depth, rest: path.slice(depth) }));
  const best = reached.reduce<Reached | undefined>(
    (a, b) => (a !== undefined && a.depth >= b.depth ? a : b),
    undefined,
  );
  const last = nodes.at(-1) ?? root;
  if (best === undefined) return root.source.locate(last.at, part);
  const isWhole = best.at.at(-1) === "default";
  return root.source.locate(part === "key" && isWhole ? best.at.slice(0, -1) : best.at, part);
}

/** The nodes that describe the first keys of `path`, from none of them on. */
function nodesAlong(root: UserNode, path: KeyPath): readonly UserNode[] {
  const nodes = [root];
  for (const key of path) {
    const next = nodes.at(-1)?.properties.get(key);
    if (next === undefined) break;
    nodes.push(next);
  }
  return nodes;
}

function reachedIn(node: UserNode, { depth, rest }: { depth: number; rest: KeyPath }): readonly Reached[] {
  if (node.says.default === undefined) return [];
  const at = [...node.at, "default"];
  let value: Value | undefined = node.says.default;
  for (const key of rest) {
    value = entryOf(value, key);
    if (value === undefined) break;
    at.push(key);
  }
  return [{ at, depth: depth + at.length - node.at.length - 1 }];
}
