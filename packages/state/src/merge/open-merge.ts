import { type FacsimileError, isFacsimileError, type Secret, sha256 } from "@facsimile/core";
import type { StateDocument } from "../format/document.ts";
import type { Keyring } from "../keys/keyring.ts";
import { decryptFile, verifyFile } from "../open.ts";
import { type Inner, makeState, type Opened, type State } from "../state.ts";
import { readScopeFile } from "../store/read-scope.ts";
import { folderStore, type Store } from "../store/store.ts";
import { judge, type Memory } from "../trust/memory.ts";
import type { Trust } from "../trust/trust.ts";
import type { FileSides } from "./ends.ts";

export interface MergeOptions {
  readonly scope: string;
  readonly keyring: Keyring;
  readonly trust: Trust;
  readonly memory: Memory;
  /** Take sides that are both older than what was seen before. Default `false`. */
  readonly acceptRollback?: boolean;
}

/** What both sides came from. Its values are known by their bytes alone where this key does not open it. */
export type Base = Pick<Opened, "document"> & Partial<Opened>;

/** Both sides of a merge, verified and decrypted. */
export interface OpenMerge {
  /** Of the scope, still empty: the file is written in its place. */
  readonly state: State;
  readonly inner: Inner;
  /** Of the file that lies there now; `undefined` where there is none. */
  readonly version: string | undefined;
  readonly ours: Opened;
  readonly theirs: Opened;
  readonly base: Base | undefined;
  /** Why a side is not what memory leads to expect, such as an old file that somebody brought back. */
  readonly doubts: { readonly ours: FacsimileError | undefined; readonly theirs: FacsimileError | undefined };
  /** Why what both came from is not used. */
  readonly baseDoubt: FacsimileError | undefined;
  /** Every secret of both sides, previous values too: what outputs must be kept free of. */
  readonly secrets: readonly Secret[];
}

/**
 * Verifies both sides of a merge and what they came from, and opens them. Nothing is written.
 *
 * @throws What `openState` throws for either side. `STATE_ROLLED_BACK` and `STATE_REPLACED` only where neither side is
 *   what memory leads to expect.
 */
export function openMerge(
  sides: FileSides,
  { folder, ...options }: MergeOptions & { readonly folder: string },
): Promise<OpenMerge> {
  return openMergeIn(folderStore(folder), { sides, ...options });
}

/** {@link openMerge} in any store. */
export async function openMergeIn(
  store: Store,
  { sides, ...options }: MergeOptions & { readonly sides: FileSides },
): Promise<OpenMerge> {
  const { scope, trust, memory } = options;
  const { file: found, place, remembered } = await readScopeFile(store, scope, memory);
  const inner = { store, trust, memory, remembered, place, opened: undefined };
  const state = makeState(scope, inner);
  // One after the other: a key may lie on a card.
  const ours = await openSide(sides.ours, `our side of ${state.file}`, options);
  const theirs = await openSide(sides.theirs, `their side of ${state.file}`, options);
  const doubtOf = (side: Opened) => judge(remembered, { place, name: state.file, ...factsOf(side) });
  const doubts = { ours: doubtOf(ours), theirs: doubtOf(theirs) };
  if (doubts.ours !== undefined && doubts.theirs !== undefined && options.acceptRollback !== true) throw doubts.ours;
  const { base, baseDoubt } = await openBase(sides.base, { ours, options, name: state.file });
  const secrets = [ours, theirs].flatMap((opened) => makeState(scope, { ...inner, opened }).secrets());
  return { state, inner, version: found?.version, ours, theirs, base, doubts, baseDoubt, secrets };
}

async function openSide(bytes: Uint8Array, name: string, { scope, trust, keyring }: MergeOptions): Promise<Opened> {
  const document = await verifyFile(bytes, { name, scope, trust });
  return { ...(await decryptFile(document, { name, keyring, trust })), digest: sha256(bytes) };
}

// Without it more is asked, no more than that: so what is wrong with it stops nothing.
async function openBase(
  bytes: Uint8Array | undefined,
  { ours, options, name: file }: { ours: Opened; options: MergeOptions; name: string },
): Promise<Pick<OpenMerge, "base" | "baseDoubt">> {
  if (bytes === undefined || bytes.length === 0) return { base: undefined, baseDoubt: undefined };
  const name = `what both sides of ${file} came from`;
  try {
    const document = await verifyFile(bytes, { name, ...options });
    if (document.id !== ours.document.id) return { base: undefined, baseDoubt: undefined };
    return { base: await openedBase(bytes, { document, name, options }), baseDoubt: undefined };
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    return { base: undefined, baseDoubt: error };
  }
}

async function openedBase(
  bytes: Uint8Array,
  { document, name, options }: { document: StateDocument; name: string; options: MergeOptions },
): Promise<Base> {
  try {
    return { ...(await decryptFile(document, { name, ...options })), digest: sha256(bytes) };
  } catch (error) {
    if (isFacsimileError(error, "NOT_A_RECIPIENT")) return { document };
    throw error;
  }
}

function factsOf({ document: { id, seal }, digest }: Opened) {
  return { id, serial: seal.serial, digest, parents: seal.parents };
}
