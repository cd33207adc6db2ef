import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { compareBytes, FacsimileError, isFacsimileError, problemsOf, sha256, throwProblems } from "@facsimile/core";
import { withChanges } from "./change.ts";
import { type Draft, draftOf, prepareDraft, type SealOptions, withLeaf } from "./draft.ts";
import { pointerOf } from "./format/leaf.ts";
import { keysOf } from "./format/value-name.ts";
import { DATA_KEY_BYTES, wrapDataKey } from "./format/wrap.ts";
import { parsePolicy } from "./policy.ts";
import { innerOf, makeState, type Opened, type State } from "./state.ts";
import { type ValueInfo, valuesOf } from "./values.ts";

/** How the recipients of a state change. Fingerprints of 40 upper-case hex digits, each sorted. */
export interface RecipientsPlan {
  /** They are as they should be. */
  readonly empty: boolean;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** What those who leave could read in this file: every value of it, where somebody leaves. */
  readonly known: readonly ValueInfo[];
}

export interface RecipientsWish {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  /** The key of whoever changes it, which must stay. Default: none must. */
  readonly own?: string;
}

/**
 * Adds and removes recipients; who is one already, or is none, needs no change. Pure.
 *
 * @throws `NO_STATE` where no file is yet; `OWN_KEY_NEEDED`
 */
export function planRecipients(state: State, { add = [], remove = [], own }: RecipientsWish): RecipientsPlan {
  if (state.serial === 0) throw noState(state);
  const before = state.recipients;
  const leaving = new Set(remove);
  const after = [...new Set([...before, ...add])].filter((name) => !leaving.has(name)).sort(compareBytes);
  if (own !== undefined && !after.includes(own)) throw ownKeyNeeded(state, own);
  const added = after.filter((name) => !before.includes(name));
  const removed = before.filter((name) => leaving.has(name));
  const known = removed.length === 0 ? [] : valuesOf(state);
  return { empty: added.length + removed.length === 0, before, after, added, removed, known };
}

/** One file of several that change together. */
export interface RecipientsStep {
  readonly state: State;
  /** Of {@link planRecipients} for that state. */
  readonly plan: RecipientsPlan;
}

export interface RecipientsOptions extends Omit<SealOptions, "recipients"> {
  /** Make what those who leave knew anew, where it has a policy; the value before stays in the leaf. Default `false`. */
  readonly rotate?: boolean;
  /** Called when every file is made and checked, before the first is written; what it throws leaves them all. */
  readonly beforeWrite?: () => Promise<void>;
}

/**
 * Seals states to other recipients. Who comes gets the data key that is there, and the values keep their bytes. When
 * somebody leaves, there is a new data key and every value is encrypted anew, previous ones too: he opens no later
 * version. Every file is made and checked before the first is written, and where one cannot be written those before it are put back.
 *
 * @returns The states as they are now, in the order of the steps; those with an empty plan are not written.
 * @throws `OWN_KEY_NEEDED` where the keyring's own key would not stay; `NO_PUBLIC_KEY`, `KEY_MISNAMED`, `KEY_UNUSABLE`
 *   for a recipient of the new list; what `sealState` throws. Nothing is written then.
 * @throws `STATE_PARTLY_WRITTEN` when it stopped between two files and could not go back: it names which are new; the same change made again
 *   goes on with the others.
 */
export async function changeRecipients(
  steps: readonly RecipientsStep[],
  options: RecipientsOptions,
): Promise<readonly State[]> {
  const prepared = await prepareAll(
    steps.filter(({ plan }) => !plan.empty),
    options,
  );
  if (prepared.length > 0) await options.beforeWrite?.();
  await writeAll(prepared);
  const sealed = new Map(prepared.map(({ state, opened }) => [state, opened]));
  return steps.map(({ state }) => {
    const opened = sealed.get(state);
    return opened === undefined ? state : makeState(state.scope, { ...innerOf(state), opened });
  });
}

interface Prepared {
  readonly state: State;
  readonly bytes: Uint8Array;
  readonly opened: Opened;
}

async function prepareAll(steps: readonly RecipientsStep[], options: RecipientsOptions): Promise<readonly Prepared[]> {
  const prepared: Prepared[] = [];
  const problems: FacsimileError[] = [];
  // One after the other: a key may lie on a card, or ask for its passphrase.
  for (const step of steps) {
    try {
      const { state } = step;
      prepared.push({ state, ...(await prepareDraft(state, await draftFor(step, options), options)) });
    } catch (error) {
      if (!isFacsimileError(error)) throw error;
      problems.push(...problemsOf(error));
    }
  }
  throwProblems(problems);
  return prepared;
}

async function draftFor({ state, plan }: RecipientsStep, options: RecipientsOptions): Promise<Draft> {
  const { keyring, now, random = randomBytes, rotate = false } = options;
  const fresh = planRecipients(state, { add: plan.added, remove: plan.removed, own: keyring.fingerprint });
  if (!isDeepStrictEqual(fresh, plan)) throw new Error(`this plan was not made for this state of ${state.file}`);
  const draft = await draftOf(state, options);
  const changed = plan.removed.length === 0 ? draft : rekeyed(draft, { state, plan, options: { ...options, rotate } });
  const { document, dataKey } = changed;
  const bound = { id: document.id, scope: document.scope, recipients: plan.after };
  const message = await wrapDataKey(dataKey, { bound, trust: innerOf(state).trust, date: now(), random });
  return { ...changed, document: { ...document, keys: { recipients: plan.after, message } } };
}

/** A data key that nobody had before, and every value under it. */
function rekeyed(
  draft: Draft,
  { state, plan: { known }, options }: RecipientsStep & { readonly options: RecipientsOptions },
): Draft {
  const { random = randomBytes, rotate } = options;
  const rotations = known.flatMap(({ name, policy }) => {
    const by = rotate ? parsePolicy(policy) : undefined;
    return by === undefined ? [] : [{ type: "rotate", name, by } as const];
  });
  const rotated = withChanges(draft, rotations, { file: state.file, options });
  return known.reduce<Draft>(
    (left, { name }) => withLeaf(left, { name, content: rotated.leaves.get(pointerOf(keysOf(name))) }, random),
    { ...rotated, dataKey: random(DATA_KEY_BYTES) },
  );
}

/** All, or none: what was written before the one that failed is put back. */
async function writeAll(prepared: readonly Prepared[]): Promise<void> {
  const before = await Promise.all(prepared.map(({ state }) => innerOf(state).store.read(state.scope)));
  try {
    for (const { state, bytes } of prepared)
      await innerOf(state).store.write(state.scope, { bytes, ifVersion: state.digest });
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    for (const [index, one] of prepared.entries()) await putBack(one, before[index]?.bytes);
    throw await partlyWritten(prepared, error);
  }
}

/** If it is there; where that fails too, the report says which files are new. */
async function putBack({ state, bytes }: Prepared, before: Uint8Array | undefined): Promise<void> {
  if (before === undefined) return;
  try {
    await innerOf(state).store.write(state.scope, { bytes: before, ifVersion: sha256(bytes) });
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
  }
}

/** What lies there now is read, not guessed. */
async function partlyWritten(prepared: readonly Prepared[], cause: FacsimileError): Promise<FacsimileError> {
  const fates = await Promise.all(prepared.map(async (one) => ({ file: one.state.file, fate: await fateOf(one) })));
  if (prepared.length === 1 || fates.every(({ fate }) => fate === "old" || fate === "another")) return cause;
  const told = Object.entries(FATES).flatMap(([fate, words]) => {
    const files = fates.flatMap((each) => (each.fate === fate ? [each.file] : []));
    return files.length === 0 ? [] : [`${words}: ${files.join(", ")}`];
  });
  return new FacsimileError("STATE_PARTLY_WRITTEN", `${cause.message}\n${told.join("\n")}`, {
    cause,
    hint: "Each file is whole. Run the command again: it goes on with those that are not new.",
  });
}

async function fateOf({ state, bytes }: Prepared): Promise<keyof typeof FATES> {
  const read = innerOf(state).store.read(state.scope);
  const version = await read.then(
    (file) => file?.version,
    () => "unread",
  );
  if (version === "unread") return version;
  if (version === sha256(bytes)) return "new";
  return version === state.digest ? "old" : "another";
}

const FATES = { new: "new", old: "as it was", another: "changed by somebody else", unread: "not to be read now" };

function noState({ file, scope }: State): FacsimileError {
  return new FacsimileError("NO_STATE", `there is no ${file} yet`, {
    hint: `The first deploy of an instance of ${scope} makes it, for those whom state.recipients of its definition names.`,
  });
}

function ownKeyNeeded({ file }: State, own: string): FacsimileError {
  return new FacsimileError("OWN_KEY_NEEDED", `your own key ${own} must stay a recipient of ${file}`, {
    hint: "Another recipient can take you out: he runs this command with his key.",
  });
}
