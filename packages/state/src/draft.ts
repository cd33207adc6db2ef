import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { compareBytes, FacsimileError, sha256, throwProblems } from "@facsimile/core";
import type { Section, StateDocument } from "./format/document.ts";
import { type LeafContent, pointerOf, type Random, sealLeaf } from "./format/leaf.ts";
import { serialise, signedBytes } from "./format/serialise.ts";
import { keysOf, type ValueName } from "./format/value-name.ts";
import { DATA_KEY_BYTES, wrapDataKey } from "./format/wrap.ts";
import type { Keyring } from "./keys/keyring.ts";
import { decryptFile, verifyFile } from "./open.ts";
import { innerOf, makeState, type Opened, type State } from "./state.ts";
import { canonicalSignature, maySign } from "./trust/signature.ts";

export interface SealOptions {
  readonly keyring: Keyring;
  /** Fingerprints for the first seal; afterwards the sealed list rules. Default: the keyring's own. */
  readonly recipients?: readonly string[] | undefined;
  readonly now: () => Date;
  /** Default: node:crypto's. */
  readonly random?: Random;
  /** A serial that others have seen: the next one is above it. Default: what memory knows. */
  readonly above?: number | undefined;
}

/** A document that is to follow a state's, not signed yet, and its values in clear. */
export interface Draft {
  readonly document: StateDocument;
  readonly dataKey: Uint8Array;
  /** By pointer. */
  readonly leaves: ReadonlyMap<string, LeafContent>;
}

/** The state as it is, with the next serial. @throws the warnings of a state that has any; `NO_PUBLIC_KEY`, `KEY_UNUSABLE` */
export async function draftOf(state: State, options: SealOptions): Promise<Draft> {
  throwProblems(state.warnings);
  const { opened, remembered, trust } = innerOf(state);
  if (!maySign(trust, options.keyring.fingerprint, state.scope)) throw notASigner(state, options.keyring);
  if (opened === undefined) return firstDraft(state, options);
  const { document, dataKey, leaves, digest } = opened;
  // After an accepted rollback the number still exceeds all that others have seen.
  const seen = remembered.files.get(document.id)?.serial ?? 0;
  const serial = Math.max(document.seal.serial, seen, options.above ?? 0) + 1;
  const seal = { serial, parents: [digest], signer: options.keyring.fingerprint, signature: [] };
  return { document: { ...document, seal }, dataKey, leaves };
}

function notASigner({ file, scope }: State, { fingerprint }: Keyring): FacsimileError {
  return new FacsimileError("NOT_A_SIGNER", `your key ${fingerprint} may not sign ${file}; nothing was written`, {
    hint: `Others would refuse what it signs. Ask a root to let you: facs trust add ${fingerprint} --scope ${scope}`,
  });
}

async function firstDraft(
  state: State,
  { keyring, recipients, now, random = randomBytes }: SealOptions,
): Promise<Draft> {
  const dataKey = random(DATA_KEY_BYTES);
  const id = Buffer.from(random(16)).toString("hex");
  const readers = [...new Set(recipients ?? [keyring.fingerprint])].sort(compareBytes);
  const bound = { id, scope: state.scope, recipients: readers };
  const message = await wrapDataKey(dataKey, { bound, trust: innerOf(state).trust, date: now(), random });
  const document: StateDocument = {
    id,
    scope: state.scope,
    values: { passwd: new Map(), secrets: new Map(), overlay: new Map() },
    settings: new Map(),
    instances: new Map(),
    keys: { recipients: readers, message },
    seal: { serial: 1, parents: [], signer: keyring.fingerprint, signature: [] },
  };
  return { document, dataKey, leaves: new Map() };
}

/** The draft with this value, or without it. */
export function withLeaf(
  draft: Draft,
  { name, content }: { readonly name: ValueName; readonly content: LeafContent | undefined },
  random: Random = randomBytes,
): Draft {
  const { document, dataKey } = draft;
  const pointer = pointerOf(keysOf(name));
  const text = content && sealLeaf(content, { id: document.id, pointer, dataKey }, random);
  const leaves = new Map(draft.leaves);
  if (content === undefined) leaves.delete(pointer);
  else leaves.set(pointer, content);
  return { dataKey, leaves, document: { ...document, values: withText(document.values, { name, text }) } };
}

function withText(
  values: StateDocument["values"],
  { name, text }: { name: ValueName; text: string | undefined },
): StateDocument["values"] {
  const { instance } = name;
  if (instance === undefined) return { ...values, ...inSection(values, { name, text }) };
  const section = inSection(values.overlay.get(instance) ?? EMPTY, { name, text });
  const overlay = new Map(values.overlay);
  if (section.passwd.size + section.secrets.size === 0) overlay.delete(instance);
  else overlay.set(instance, section);
  return { ...values, overlay };
}

const EMPTY: Section = { passwd: new Map(), secrets: new Map() };

function inSection(
  { passwd, secrets }: Section,
  { name: { kind, name }, text }: { name: ValueName; text: string | undefined },
): Section {
  const sections = { passwd, secrets };
  const entries = new Map(sections[kind]);
  if (text === undefined) entries.delete(name);
  else entries.set(name, text);
  return { ...sections, [kind]: entries };
}

/**
 * Signs a draft and writes it: built, opened with our own reader, compared, and then put in place as a whole, if nobody
 * changed the file since the state was opened.
 *
 * @throws As `sealState`. The old file stands then.
 */
export async function sealDraft(state: State, draft: Draft, options: SealOptions): Promise<State> {
  const inner = innerOf(state);
  const { bytes, opened } = await prepareDraft(state, draft, options);
  await inner.store.write(state.scope, { bytes, ifVersion: state.digest });
  return makeState(state.scope, { ...inner, opened });
}

/** What {@link sealDraft} would write, checked. Nothing is written: several files can be prepared before the first is. */
export async function prepareDraft(
  state: State,
  draft: Draft,
  options: SealOptions,
): Promise<{ readonly bytes: Uint8Array; readonly opened: Opened }> {
  const bytes = await sign(draft.document, options);
  return { bytes, opened: await reopen(bytes, draft, { state, keyring: options.keyring }) };
}

async function sign(document: StateDocument, { keyring, now }: SealOptions): Promise<Uint8Array> {
  const armored = await canonicalSignature(await keyring.sign(signedBytes(document), { date: now() }));
  const signature = armored.trimEnd().split("\n");
  return serialise({ ...document, seal: { ...document.seal, signature } });
}

async function reopen(
  bytes: Uint8Array,
  draft: Draft,
  { state, keyring }: { state: State; keyring: Keyring },
): Promise<Opened> {
  const { scope, file: name } = state;
  const document = await verifyFile(bytes, { name, scope, trust: innerOf(state).trust });
  const opened = await decryptFile(document, { name, keyring, trust: innerOf(state).trust });
  if (!isDeepStrictEqual(opened.leaves, draft.leaves))
    throw new Error(`${name} would not hold what it should; it was not written`);
  return { ...opened, digest: sha256(bytes) };
}
