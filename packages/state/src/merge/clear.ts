import { isDeepStrictEqual } from "node:util";
import { compareBytes } from "@facsimile/core";
import type { Scalar, StateDocument } from "../format/document.ts";
import type { LeafContent } from "../format/leaf.ts";
import { flatLeaves } from "./flat.ts";
import type { OpenMerge } from "./open-merge.ts";
import { type Merged, type Sides, threeWay } from "./three-way.ts";

/** A leaf's bytes and, where it could be opened, its content. */
export interface Entry {
  readonly text: string;
  readonly content: LeafContent | undefined;
}

/** Both sides entry by entry; where both changed one, ours stands. */
export interface ClearMerge {
  /** By pointer. */
  readonly values: Merged<Entry>;
  readonly settings: Merged<Scalar>;
  readonly recipients: {
    readonly merged: readonly string[];
    /** They differ, and nothing is known of what they were. */
    readonly isClash: boolean;
  };
}

/** Merges what both sides hold, in clear. Pure. */
export function mergeClear(open: Pick<OpenMerge, "ours" | "theirs" | "base">): ClearMerge {
  const { ours, theirs, base } = open;
  const empty = new Map<string, never>();
  const values = threeWay(
    { base: base ? entriesOf(base) : empty, ours: entriesOf(ours), theirs: entriesOf(theirs) },
    isSameEntry,
  );
  const settings = threeWay({
    base: base?.document.settings ?? empty,
    ours: ours.document.settings,
    theirs: theirs.document.settings,
  });
  return { values: withoutEqual(values), settings, recipients: mergeRecipients(open) };
}

function entriesOf(opened: {
  readonly document: StateDocument;
  readonly leaves?: ReadonlyMap<string, LeafContent>;
}): ReadonlyMap<string, Entry> {
  const leaves = [...flatLeaves(opened.document)];
  return new Map(leaves.map(([pointer, text]) => [pointer, { text, content: opened.leaves?.get(pointer) }]));
}

/** After another data key the bytes differ, but not what they hold. */
export function isSameEntry(one: Entry | undefined, other: Entry | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.text === other.text || (one.content !== undefined && isDeepStrictEqual(one.content, other.content));
}

/** The same value given on both sides is no clash: the later one counts. */
function withoutEqual({ merged, clashes }: Merged<Entry>): Merged<Entry> {
  const equal = [...clashes].filter(([, { ours, theirs }]) => ours && ours.content?.value === theirs?.content?.value);
  const later = equal.flatMap(([pointer, sides]) => {
    const entry = laterOf(sides);
    return entry === undefined ? [] : [[pointer, entry] as const];
  });
  const names = new Set(equal.map(([pointer]) => pointer));
  return {
    merged: new Map([...merged, ...later]),
    clashes: new Map([...clashes].filter(([pointer]) => !names.has(pointer))),
  };
}

function laterOf({ ours, theirs }: Sides<Entry>): Entry | undefined {
  return compareBytes(theirs?.content?.created ?? "", ours?.content?.created ?? "") > 0 ? theirs : ours;
}

function mergeRecipients({ ours, theirs, base }: Pick<OpenMerge, "ours" | "theirs" | "base">) {
  const asMap = (document: StateDocument | undefined) =>
    new Map((document?.keys.recipients ?? []).map((name) => [name, true]));
  const maps = { base: asMap(base?.document), ours: asMap(ours.document), theirs: asMap(theirs.document) };
  const isClash = base === undefined && !isDeepStrictEqual(maps.ours, maps.theirs);
  const merged = isClash ? maps.ours : threeWay(maps).merged;
  return { merged: [...merged.keys()].sort(compareBytes), isClash };
}
