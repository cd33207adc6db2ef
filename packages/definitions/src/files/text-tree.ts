import type { KeyPath } from "@facsimile/core";
import type { Range } from "./lines.ts";

/** Which end of an entry a position points at. */
export type Part = "key" | "value";

/** A value as its file writes it: where it stands, and what stands in it. */
export interface TextNode {
  readonly range: Range;
  /** Of a map, by key; of two equal keys the last. */
  readonly members?: ReadonlyMap<string, Member> | undefined;
  /** Of a list. */
  readonly items?: readonly TextNode[] | undefined;
}

export interface Member {
  readonly keyRange: Range;
  readonly value: TextNode;
}

/** A key that its map had already. */
export interface RepeatedKey {
  readonly key: string;
  readonly range: Range;
}

/** Where `path` is written below `root`; where it is not, its nearest parent. */
export function findRange(root: TextNode, { path, part }: { path: KeyPath; part: Part }): Range {
  let node = root;
  let range = node.range;
  for (const key of path) {
    const member = node.members?.get(key);
    const next = member?.value ?? (/^\d+$/.test(key) ? node.items?.[Number(key)] : undefined);
    if (next === undefined) return range;
    range = member !== undefined && part === "key" ? member.keyRange : next.range;
    node = next;
  }
  return range;
}
