import { type FacsimileError, isFacsimileError, sha256 } from "@facsimile/core";
import type { Scalar, StateDocument } from "./format/document.ts";
import { parseDocument } from "./format/parse-document.ts";
import { openpgp, readPublicKey, userIdOf } from "./keys/pgp.ts";
import { flatLeaves, shownPointer } from "./merge/flat.ts";
import { verifyFile } from "./open.ts";
import { readScopeFile } from "./store/read-scope.ts";
import { folderStore } from "./store/store.ts";
import { isNews, judge, judgeAbsence, type Memory, remember } from "./trust/memory.ts";
import type { Trust } from "./trust/trust.ts";

/** Somebody by his key. */
export interface Person {
  /** 40 upper-case hex digits. */
  readonly fingerprint: string;
  /** `Robin <robin@example.org>`, as the key in `keys/` says; undefined where there is none that can be read. */
  readonly userId: string | undefined;
}

/** What a file says of who wrote it. */
export interface SealFacts {
  readonly id: string;
  readonly serial: number;
  /** sha256 of the file. */
  readonly digest: string;
  /** Of the files that it follows. */
  readonly parents: readonly string[];
  readonly signer: Person;
  /** When, as the signature says; ISO 8601, UTC. Its signer may write any date. */
  readonly signed: string;
}

/** What a file says to everybody, without a private key. */
export interface FileFacts extends SealFacts {
  readonly scope: string;
  /** As messages name it. */
  readonly file: string;
  readonly recipients: readonly Person[];
  /** Names of values: `db/root`, `passwd/storefront of dev.dev0`. */
  readonly values: readonly string[];
  readonly settings: Readonly<Record<string, Scalar>>;
  readonly uiids: Readonly<Record<string, number>>;
}

interface Known {
  /** As messages name it. */
  readonly name: string;
  readonly scope: string;
  readonly trust: Trust;
}

/** Checks the form and the signature of a file's bytes. @throws What `openState` throws for them */
export async function verifyBytes(bytes: Uint8Array, { name, scope, trust }: Known): Promise<FileFacts> {
  const document = await verifyFile(bytes, { name, scope, trust });
  const { keys, settings, instances } = document;
  return {
    ...(await sealFacts(document, { digest: sha256(bytes), trust })),
    scope,
    file: name,
    recipients: await Promise.all(keys.recipients.map((fingerprint) => personOf(fingerprint, trust))),
    values: [...flatLeaves(document).keys()].map(shownPointer),
    settings: Object.fromEntries(settings),
    uiids: Object.fromEntries([...instances].map(([daemon, { uiid }]) => [daemon, uiid])),
  };
}

/**
 * Checks a scope's file as far as that needs no private key: form, signature, signer, scope, and its place in history.
 *
 * @returns `facts` are undefined where there is no file and never was one; `doubt` is why it may be an old or foreign copy.
 * @throws What `openState` throws for its bytes
 */
export async function verifyState({
  folder,
  scope,
  trust,
  memory,
}: {
  readonly folder: string;
  readonly scope: string;
  readonly trust: Trust;
  readonly memory: Memory;
}): Promise<{ readonly facts: FileFacts | undefined; readonly doubt: FacsimileError | undefined }> {
  const store = folderStore(folder);
  const name = store.name(scope);
  const { file, place, remembered } = await readScopeFile(store, scope, memory);
  if (file === undefined) return { facts: undefined, doubt: judgeAbsence(remembered, { place, name }) };
  const facts = await verifyBytes(file.bytes, { name, scope, trust });
  const { id, serial, digest, parents } = facts;
  return { facts, doubt: judge(remembered, { place, name, id, serial, digest, parents }) };
}

/**
 * Remembers a file that was verified as the newest, and the list of signers that vouched for it. Call it when the file is
 * safe with the others: pushed or, without a remote, committed.
 */
export async function rememberVerified(
  { id, serial, digest, scope }: FileFacts,
  { folder, trust, memory }: { readonly folder: string; readonly trust: Trust; readonly memory: Memory },
): Promise<void> {
  const store = folderStore(folder);
  const file = { place: await store.place(scope), name: store.name(scope), id, serial, digest };
  const files = trust.list === undefined ? [file] : [trust.list, file];
  await memory.update((known) => files.reduce((left, one) => (isNews(left, one) ? remember(left, one) : left), known));
}

/** Who sealed a document, and when. */
export async function sealFacts(
  { id, seal }: Pick<StateDocument, "id" | "seal">,
  { digest, trust }: { readonly digest: string; readonly trust: Trust },
): Promise<SealFacts> {
  const { serial, parents, signer, signature } = seal;
  const [packet] = (await (await openpgp()).readSignature({ armoredSignature: `${signature.join("\n")}\n` })).packets;
  const signed = packet?.created?.toISOString() ?? "";
  return { id, serial, digest, parents, signer: await personOf(signer, trust), signed };
}

async function personOf(fingerprint: string, trust: Trust): Promise<Person> {
  try {
    const key = await readPublicKey(await trust.keyOf(fingerprint));
    return { fingerprint, userId: userIdOf(key) };
  } catch (error) {
    if (isFacsimileError(error)) return { fingerprint, userId: undefined };
    throw error;
  }
}

/** What differs between two files, by name. */
export interface FileChange {
  readonly kind: "value" | "setting" | "uiid" | "recipient";
  readonly name: string;
  readonly change: "added" | "changed" | "removed";
}

/**
 * What changed from one file to the next, without a key. Pure.
 *
 * @param before `undefined`: there was no file.
 * @returns `rekeyed`: there is another data key, so that every value that stays has other bytes, and which of them have
 *   another content nobody can see.
 * @throws As reading either file does; signatures are not looked at
 */
export function fileChanges(
  before: Uint8Array | undefined,
  after: Uint8Array,
  name: string,
): { readonly changes: readonly FileChange[]; readonly rekeyed: boolean } {
  const [old, now] = [before && parseDocument(before, name), parseDocument(after, name)];
  const leaves = { old: old ? flatLeaves(old) : new Map<string, string>(), now: flatLeaves(now) };
  const shared = [...leaves.now].filter(([pointer]) => leaves.old.has(pointer));
  const isOther = old !== undefined && old.keys.message.join() !== now.keys.message.join();
  const rekeyed = isOther && shared.length > 0 && shared.every(([pointer, text]) => leaves.old.get(pointer) !== text);
  const values = differences("value", leaves).filter(({ change }) => !(rekeyed && change === "changed"));
  const asMap = (names: readonly string[] = []) => new Map(names.map((each) => [each, true]));
  return {
    rekeyed,
    changes: [
      ...values.map((change) => ({ ...change, name: shownPointer(change.name) })),
      ...differences("setting", { old: old?.settings ?? new Map(), now: now.settings }),
      ...differences("uiid", { old: numbers(old), now: numbers(now) }),
      ...differences("recipient", { old: asMap(old?.keys.recipients), now: asMap(now.keys.recipients) }),
    ],
  };
}

function numbers(document: StateDocument | undefined): ReadonlyMap<string, number> {
  return new Map([...(document?.instances ?? [])].map(([daemon, { uiid }]) => [daemon, uiid]));
}

function differences(
  kind: FileChange["kind"],
  { old, now }: { old: ReadonlyMap<string, unknown>; now: ReadonlyMap<string, unknown> },
): FileChange[] {
  const names = [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
  return names.map((name) => {
    const change = !now.has(name) ? "removed" : old.has(name) ? "changed" : "added";
    return { kind, name, change };
  });
}
