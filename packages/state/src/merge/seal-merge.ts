import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type Draft, prepareDraft, type SealOptions } from "../draft.ts";
import type { StateDocument } from "../format/document.ts";
import { type LeafContent, type Random, sealLeaf } from "../format/leaf.ts";
import { DATA_KEY_BYTES, wrapDataKey } from "../format/wrap.ts";
import { makeState, type Opened, type State } from "../state.ts";
import { flatLeaves, valuesWith } from "./flat.ts";
import type { OpenMerge } from "./open-merge.ts";
import type { MergePlan } from "./plan-merge.ts";

/**
 * Signs a merge and writes it in place of what lies there: serial above both sides, both as its parents. Somebody who is
 * no recipient any more on one side opens nothing of it: then there is a new data key, or the one of that side.
 *
 * @returns The state as it is now; it is not remembered.
 * @throws As `sealState`. What lay there stands then.
 */
export async function sealMerge(
  open: OpenMerge,
  plan: MergePlan,
  options: Omit<SealOptions, "recipients">,
): Promise<State> {
  const { state, inner, version } = open;
  const draft = await draftMerge(open, plan, options);
  const { bytes, opened } = await prepareDraft(state, draft, options);
  await inner.store.write(state.scope, { bytes, ifVersion: version });
  return makeState(state.scope, { ...inner, opened });
}

async function draftMerge(
  open: OpenMerge,
  { entries, settings, recipients, uiids }: MergePlan,
  { keyring, now, random = randomBytes }: Omit<SealOptions, "recipients">,
): Promise<Draft> {
  const { ours, theirs, inner, state } = open;
  const id = idOf(open);
  const kept = keptKey(open, { id, recipients });
  const dataKey = kept?.dataKey ?? random(DATA_KEY_BYTES);
  const bound = { id, scope: state.scope, recipients };
  const message =
    kept !== undefined && isDeepStrictEqual(kept.document.keys.recipients, recipients)
      ? kept.document.keys.message
      : await wrapDataKey(dataKey, { bound, trust: inner.trust, date: now(), random });
  const leaves = new Map([...entries].flatMap(([pointer, { content }]) => (content ? [[pointer, content]] : [])));
  const serials = [ours, theirs].map((side) => side.document.seal.serial);
  const seen = inner.remembered.files.get(id)?.serial ?? 0;
  const document: StateDocument = {
    id,
    scope: state.scope,
    values: valuesWith(textsOf(leaves, { open, place: { id, dataKey }, random })),
    settings,
    instances: uiids.instances,
    keys: { recipients, message },
    seal: {
      serial: Math.max(seen, ...serials) + 1,
      parents: [ours.digest, theirs.digest],
      signer: keyring.fingerprint,
      signature: [],
    },
  };
  return { document, dataKey, leaves };
}

/** Where both sides began by themselves: the one remembered here, else that of the higher serial. */
function idOf({ ours, theirs, inner }: OpenMerge): string {
  const known = inner.remembered.places.get(inner.place);
  const [mine, other] = [ours.document, theirs.document];
  if (known === other.id || (known !== mine.id && other.seal.serial > mine.seal.serial)) return other.id;
  return mine.id;
}

/** The side whose data key may stay: nobody could ever open it who is not to read what comes now. */
function keptKey(
  { ours, theirs, base }: OpenMerge,
  { id, recipients }: { id: string; recipients: readonly string[] },
): Opened | undefined {
  const sides = [ours, theirs, ...(base?.dataKey === undefined ? [] : [base])];
  const readersOf = (dataKey: Uint8Array) =>
    sides.filter((side) => isSameKey(side.dataKey, dataKey)).flatMap((side) => side.document.keys.recipients);
  return [ours, theirs].find(
    (side) => side.document.id === id && readersOf(side.dataKey).every((name) => recipients.includes(name)),
  );
}

/** Leaves keep their bytes where a side has them under this key. */
function textsOf(
  leaves: ReadonlyMap<string, LeafContent>,
  { open, place, random }: { open: OpenMerge; place: { id: string; dataKey: Uint8Array }; random: Random },
): Map<string, string> {
  const sides = [open.ours, open.theirs]
    .filter(({ document, dataKey }) => document.id === place.id && isSameKey(dataKey, place.dataKey))
    .map((side) => ({ side, texts: flatLeaves(side.document) }));
  const textOf = (pointer: string, content: LeafContent) =>
    sides.find(({ side }) => isDeepStrictEqual(side.leaves.get(pointer), content))?.texts.get(pointer) ??
    sealLeaf(content, { ...place, pointer }, random);
  return new Map([...leaves].map(([pointer, content]) => [pointer, textOf(pointer, content)]));
}

function isSameKey(one: Uint8Array | undefined, other: Uint8Array): boolean {
  return one !== undefined && Buffer.compare(one, other) === 0;
}
