import { isDeepStrictEqual } from "node:util";
import type { StateDocument } from "../format/document.ts";
import { serialise } from "../format/serialise.ts";
import { type FileSides, readSides } from "./ends.ts";
import { flatLeaves, shownPointer, valuesWith } from "./flat.ts";
import { type Maps, threeWay } from "./three-way.ts";
import { type MovedUiid, mergeUiids } from "./uiids.ts";

export interface MergedFile {
  /** Without a signature: every reader refuses it until it is sealed. */
  readonly bytes: Uint8Array;
  /** What is ours in the file, and has to be settled with a key: names, never values. Empty: all was merged. */
  readonly left: readonly string[];
  readonly moved: readonly MovedUiid[];
}

/**
 * Merges two files without any key, entry by entry: leaves by their bytes, which say nothing of their content. What both
 * sides changed stays as it is in ours; nothing of theirs is lost, because the file names both by their digests.
 *
 * @param name As messages name the file.
 * @throws `STATE_INVALID`, `STATE_NEWER`, `STATE_NOT_CANONICAL` for either side; `STATE_MERGE_UNSEALED`
 */
export function mergeFiles(sides: FileSides, name: string): MergedFile {
  const { base, ours, theirs, joined } = readSides(sides, name);
  const documents = { base: base?.document, ours: ours.document, theirs: theirs.document };
  const [mine, other] = [ours.document, theirs.document];
  const values = mergeValues(documents);
  const settings = threeWay(mapsOf("settings", documents));
  const first = other.seal.serial > mine.seal.serial ? "theirs" : "ours";
  const uiids = mergeUiids(mapsOf("instances", documents), first);
  const document: StateDocument = {
    ...mine,
    ...values.taken,
    settings: settings.merged,
    instances: uiids.instances,
    seal: {
      serial: Math.max(mine.seal.serial, other.seal.serial) + 1,
      parents: [...joined.ends, ...(joined.base === undefined ? [] : [joined.base])],
      signer: mine.seal.signer,
      signature: [],
    },
  };
  const left = [...values.left, ...[...settings.clashes.keys()].map((key) => `settings.${key}`), ...uiids.homeless];
  return { bytes: serialise(document), left, moved: uiids.moved };
}

interface Documents {
  readonly base: StateDocument | undefined;
  readonly ours: StateDocument;
  readonly theirs: StateDocument;
}

interface MergedValues {
  readonly taken: Pick<StateDocument, "values" | "keys">;
  readonly left: readonly string[];
}

function mergeValues({ base, ours, theirs }: Documents): MergedValues {
  const kept = { values: ours.values, keys: ours.keys };
  if (ours.id !== theirs.id) return { taken: kept, left: ["the id"] };
  const keys = keysOfBoth({ base, ours, theirs });
  if (keys === undefined) return { taken: kept, left: ["the recipients"] };
  if (base !== undefined && isSealedAlike(base, ours))
    return { taken: { values: theirs.values, keys: theirs.keys }, left: [] };
  if (base !== undefined && isSealedAlike(base, theirs)) return { taken: kept, left: [] };
  const leaves = { ours: flatLeaves(ours), theirs: flatLeaves(theirs) };
  if (!haveOneDataKey({ ours, theirs }, leaves))
    return { taken: kept, left: ["the values: they have another data key"] };
  const { merged, clashes } = threeWay({ base: base ? flatLeaves(base) : new Map(), ...leaves });
  return { taken: { values: valuesWith(merged), keys }, left: [...clashes.keys()].map(shownPointer) };
}

/** The keys of the side that changed them; `undefined` where both did. */
function keysOfBoth({ base, ours, theirs }: Documents): StateDocument["keys"] | undefined {
  const isSame = (one: StateDocument, other: StateDocument) => isDeepStrictEqual(one.keys, other.keys);
  if (isSame(ours, theirs) || (base !== undefined && isSame(base, theirs))) return ours.keys;
  return base !== undefined && isSame(base, ours) ? theirs.keys : undefined;
}

function isSealedAlike(one: StateDocument, other: StateDocument): boolean {
  return isDeepStrictEqual([one.keys, flatLeaves(one)], [other.keys, flatLeaves(other)]);
}

/** No two data keys give a leaf of the same bytes. */
function haveOneDataKey(
  { ours, theirs }: Pick<Documents, "ours" | "theirs">,
  leaves: Record<"ours" | "theirs", ReadonlyMap<string, string>>,
): boolean {
  if (isDeepStrictEqual(ours.keys, theirs.keys)) return true;
  return [...leaves.ours].some(([pointer, text]) => leaves.theirs.get(pointer) === text);
}

function mapsOf<K extends "settings" | "instances">(
  key: K,
  { base, ours, theirs }: Documents,
): Maps<StateDocument[K] extends ReadonlyMap<string, infer V> ? V : never> {
  return { base: base?.[key] ?? new Map(), ours: ours[key], theirs: theirs[key] } as never;
}
