import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { compareBytes, sha256, throwProblems } from "@facsimile/core";
import type { StateDocument } from "./format/document.ts";
import { type LeafContent, pointerOf, type Random, sealLeaf } from "./format/leaf.ts";
import { serialise, signedBytes } from "./format/serialise.ts";
import { DATA_KEY_BYTES, wrapDataKey } from "./format/wrap.ts";
import type { Keyring } from "./keys/keyring.ts";
import { decryptFile, verifyFile } from "./open.ts";
import { planState, type StatePlan } from "./plan.ts";
import { innerOf, makeState, type Opened, type State, sealedFileOf } from "./state.ts";
import { judge, type Remembered, remember, type SealedFile } from "./trust/memory.ts";
import { canonicalSignature } from "./trust/signature.ts";

export interface SealOptions {
  readonly keyring: Keyring;
  /** Fingerprints for the first seal; afterwards the sealed list rules. Default: the keyring's own. */
  readonly recipients?: readonly string[] | undefined;
  readonly now: () => Date;
  /** Default: node:crypto's. */
  readonly random?: Random;
}

interface Draft {
  readonly document: StateDocument;
  readonly dataKey: Uint8Array;
  readonly leaves: ReadonlyMap<string, LeafContent>;
}

/**
 * Creates what the plan names, signs and writes the file: built, opened with our own reader, compared, and then put in
 * place as a whole, if nobody changed it since the state was opened. With an empty plan nothing is written.
 *
 * @returns The state as it is now. It is remembered only by {@link confirmSeal}.
 * @throws `STATE_CHANGED`, `STATE_LOCKED`, `STATE_WRITE_FAILED`, `STATE_UNTRUSTED_SIGNER` when others would not accept
 *   the signature, `NO_PUBLIC_KEY`, `KEY_UNUSABLE`, and the warnings of a state that has any. The old file stands then.
 */
export async function sealState(state: State, plan: StatePlan, options: SealOptions): Promise<State> {
  if (plan.empty) return state;
  throwProblems(state.warnings);
  refuseStale(state, plan);
  const inner = innerOf(state);
  const draft = addPlanned(await draftOf(state, options), plan, options);
  const bytes = await sign(draft.document, options);
  const opened = await reopen(bytes, draft, { state, keyring: options.keyring });
  await inner.store.write(state.scope, { bytes, ifVersion: state.digest });
  return makeState(state.scope, { ...inner, opened });
}

/**
 * Remembers a state as the newest, so that an older one is refused from now on. Call it when the file is safe with the
 * others: pushed or, without a remote, committed; also for a file that was found so and needed no change.
 */
export async function confirmSeal(state: State): Promise<void> {
  throwProblems(state.warnings);
  const { memory, trust, remembered } = innerOf(state);
  const files = [trust.list, sealedFileOf(state)].filter((file) => file !== undefined);
  if (files.length === 0) return;
  const accepted = new Set(files.filter((file) => judge(remembered, file) !== undefined));
  await memory.update((now) =>
    files.reduce((known, file) => (accepted.has(file) || isNews(known, file) ? remember(known, file) : known), now),
  );
}

// Another process may have confirmed a later one meanwhile.
function isNews({ files }: Remembered, { id, serial }: SealedFile): boolean {
  return serial >= (files.get(id)?.serial ?? 0);
}

function refuseStale(state: State, plan: StatePlan): void {
  const fresh = planState(state, { passwords: plan.passwords, uiids: Object.keys(plan.uiids) });
  if (!isDeepStrictEqual(fresh, plan)) throw new Error(`this plan was not made for this state of ${state.file}`);
}

async function draftOf(state: State, options: SealOptions): Promise<Draft> {
  const { opened, remembered } = innerOf(state);
  if (opened === undefined) return firstDraft(state, options);
  const { document, dataKey, leaves, digest } = opened;
  // After an accepted rollback the number still exceeds all that others have seen.
  const seen = remembered.files.get(document.id)?.serial ?? 0;
  const serial = Math.max(document.seal.serial, seen) + 1;
  const seal = { serial, parents: [digest], signer: options.keyring.fingerprint, signature: [] };
  return { document: { ...document, seal }, dataKey, leaves };
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

function addPlanned(
  { document, dataKey, leaves }: Draft,
  plan: StatePlan,
  { now, random = randomBytes }: SealOptions,
): Draft {
  const created = now().toISOString();
  const made = plan.passwords.map((name) => {
    const pointer = pointerOf(["values", "passwd", name]);
    const content: LeafContent = { value: uuid(random), created, policy: "uuid" };
    return { name, pointer, content, text: sealLeaf(content, { id: document.id, pointer, dataKey }, random) };
  });
  const passwd = new Map([...document.values.passwd, ...made.map(({ name, text }) => [name, text] as const)]);
  const numbers = Object.entries(plan.uiids).map(([daemon, uiid]) => [daemon, { uiid }] as const);
  return {
    document: {
      ...document,
      values: { ...document.values, passwd },
      instances: new Map([...document.instances, ...numbers]),
    },
    dataKey,
    leaves: new Map([...leaves, ...made.map(({ pointer, content }) => [pointer, content] as const)]),
  };
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
  const opened = await decryptFile(document, { name, keyring });
  if (!isDeepStrictEqual(opened.leaves, draft.leaves))
    throw new Error(`${name} would not hold what it should; it was not written`);
  return { ...opened, digest: sha256(bytes) };
}

/** Version 4 of RFC 9562. */
function uuid(random: Random): string {
  const bytes = Buffer.from(random(16));
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | 0x40;
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
