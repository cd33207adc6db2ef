import { randomBytes } from "node:crypto";
import nodeFs from "node:fs/promises";
import { compareBytes, FacsimileError, sha256 } from "@facsimile/core";
import type { Random } from "../format/leaf.ts";
import type { Keyring } from "../keys/keyring.ts";
import { type FileSystem, placeOf, readIfThere, removeOthers, replaceFile } from "../store/files.ts";
import { withLock } from "../store/lock.ts";
import { inspectKey, type PublicKeyFile } from "./public-keys.ts";
import { readTrust, type TrustOptions, type TrustRead, trustIn } from "./read-trust.ts";
import { canonicalSignature, verifyDetached } from "./signature.ts";
import { formatSigners, type Listed, parseSigners, SIGNERS_NAME, signersFile } from "./signers.ts";
import type { Scopes } from "./trust.ts";

/** One change of the list of signers. */
export type SignersChange =
  | AddSigner
  /** `scopes`: these alone; with its last one it goes. Default: all. @throws `UNKNOWN_SIGNER` when it is not listed, or not for these. */
  | { readonly type: "remove"; readonly fingerprint: string; readonly scopes?: readonly string[] | undefined }
  /** The same list, signed by this keyring where another root did. */
  | { readonly type: "sign" };

/** Scopes are added to those that the key has. @throws `NO_PUBLIC_KEY`, `KEY_MISNAMED`, `KEY_UNUSABLE` */
export interface AddSigner {
  readonly type: "add";
  readonly fingerprint: string;
  readonly scopes: Scopes;
  /** The key, where it is put into `keys/` only before the list is written. Default: the one that is there. */
  readonly key?: PublicKeyFile | undefined;
}

export interface SignersOptions extends TrustOptions {
  /** Signs the list; its key is a pinned root. */
  readonly keyring: Keyring;
  readonly now: () => Date;
  /** Default: node:crypto's. */
  readonly random?: Random;
}

/** A list of signers, signed and checked, and not written yet. */
export interface PreparedSigners {
  /** The folder that holds `keys/`. */
  readonly root: string;
  /** Fingerprint → scopes, without roots. */
  readonly signers: ReadonlyMap<string, Scopes>;
  readonly serial: number;
  /** `false`: the list says so already. */
  readonly changed: boolean;
  readonly bytes: Uint8Array;
  readonly signature: string;
  /** The list that this one takes the place of. */
  readonly before: Listed | undefined;
}

/**
 * Makes the list that a change leads to, signs it, and reads it with our own reader. Nothing is written.
 *
 * @throws `NOT_A_ROOT` when the keyring's key is no pinned root; what the change says; `STATE_MISSING` when a list that
 *   was there before is gone; what `trustedSigners` throws.
 */
export async function prepareSigners(change: SignersChange, options: SignersOptions): Promise<PreparedSigners> {
  const { root, keyring, now } = options;
  const read = await readTrust(options);
  if (!read.pinned.roots.has(keyring.fingerprint)) throw notARoot(keyring, read);
  const before = read.listed;
  const place = await placeOf(signersFile(root));
  if (before === undefined) await refuseLost(place, options);
  const signers = await changed(before?.signers ?? new Map(), { change, options });
  const bytes = formatSigners({ ...(await numbered(before, options)), signers });
  const signature = await canonicalSignature(await keyring.sign(bytes, { date: now() }));
  await verifyDetached({ bytes, signature, trust: trustIn(root, read.pinned.roots.keys()), name: SIGNERS_NAME });
  const { file } = parseSigners(bytes, place);
  const isNew = change.type === "sign" ? isByOther(before, keyring) : !sameSigners(before?.signers, signers);
  return { root, signers, serial: file.serial, changed: isNew, bytes, signature, before };
}

/**
 * Puts a prepared list and its signature in place, if nobody changed the list meanwhile. Whenever it stops, also by a
 * crash, the old list or the new one is there with its signature; running it again goes on from there.
 *
 * @throws `STATE_CHANGED`, `STATE_LOCKED`, `STATE_WRITE_FAILED`
 */
export async function writeSigners(
  { root, changed, bytes, signature, before }: PreparedSigners,
  { fs = nodeFs }: { readonly fs?: FileSystem } = {},
): Promise<void> {
  if (!changed) return;
  const file = signersFile(root);
  const put = async (name: string, content: Uint8Array | string, ifDigest: string | undefined) => {
    const beforeRename = async (temporary: string) => {
      await removeOthers(temporary, { file: name, fs });
      const now = await readIfThere(file, fs);
      if ((now && sha256(now)) !== ifDigest) throw changedMeanwhile();
    };
    await replaceFile(name, Buffer.from(content), { mode: 0o644, fs, beforeRename });
  };
  const old = before?.file.digest;
  await withLock(file, async () => {
    await put(`${file}.asc`, before === undefined ? signature : `${signature}${before.signature}`, old);
    await put(file, bytes, old);
    // The list is in place. What is left of the old signature is over the old list alone; the next change drops it.
    if (before !== undefined) await put(`${file}.asc`, signature, sha256(bytes)).catch(() => {});
  });
}

async function changed(
  signers: Listed["signers"],
  { change, options }: { change: SignersChange; options: SignersOptions },
): Promise<Map<string, Scopes>> {
  if (change.type === "sign") return new Map(signers);
  const { fingerprint } = change;
  const old = signers.get(fingerprint);
  if (change.type === "remove") {
    if (old === undefined) throw unlisted(fingerprint);
    const left = change.scopes === undefined ? [] : without(old, { fingerprint, scopes: change.scopes });
    const others = [...signers].filter(([name]) => name !== fingerprint);
    return new Map(left.length === 0 ? others : [...others, [fingerprint, left]]);
  }
  if (change.key === undefined) {
    const { problem } = await inspectKey(fingerprint, { root: options.root, date: options.now() });
    if (problem !== undefined) throw problem;
  }
  return new Map([...signers, [fingerprint, joined(old, change.scopes)]]);
}

function joined(a: Scopes | undefined, b: Scopes): Scopes {
  if (a === "all" || b === "all") return "all";
  return [...new Set([...(a ?? []), ...b])].sort(compareBytes);
}

function without(
  old: Scopes,
  { fingerprint, scopes }: { readonly fingerprint: string; readonly scopes: readonly string[] },
): readonly string[] {
  const lacking = old === "all" ? scopes : scopes.filter((scope) => !old.includes(scope));
  if (old !== "all" && lacking.length === 0) return old.filter((scope) => !scopes.includes(scope));
  const message = `${SIGNERS_NAME} does not list ${fingerprint} for ${lacking.join(", ")} by name`;
  throw new FacsimileError("UNKNOWN_SIGNER", message, {
    hint:
      old === "all"
        ? `It may sign every scope. Take it out, then add it for what is left: facs trust remove ${fingerprint}, facs trust add ${fingerprint} --scope NAME`
        : `It may sign: ${old.join(", ")}`,
  });
}

function isByOther(before: Listed | undefined, { fingerprint }: Keyring): boolean {
  return before !== undefined && before.signedBy !== fingerprint;
}

function sameSigners(a: Listed["signers"] | undefined, b: Listed["signers"]): boolean {
  if (a === undefined) return false;
  const text = (signers: Listed["signers"]) => Buffer.from(formatSigners({ id: "", serial: 1, signers })).toString();
  return text(a) === text(b);
}

/** The number after the highest that was seen; an id of its own for the first list. */
async function numbered(
  before: Listed | undefined,
  { memory, random = randomBytes }: SignersOptions,
): Promise<{ id: string; serial: number }> {
  if (before === undefined) return { id: Buffer.from(random(16)).toString("hex"), serial: 1 };
  const { id, serial } = before.file;
  const seen = (await memory?.read())?.files.get(id)?.serial ?? 0;
  return { id, serial: Math.max(serial, seen) + 1 };
}

async function refuseLost(place: string, { memory, acceptRollback = false }: SignersOptions): Promise<void> {
  const isKnown = (await memory?.read())?.places.has(place) ?? false;
  if (!isKnown || acceptRollback) return;
  throw new FacsimileError("STATE_MISSING", `${SIGNERS_NAME} is gone, but you have used it before`, {
    hint: `Bring it back: git log --all -- ${SIGNERS_NAME}. If a new one is meant: --accept-rollback.`,
  });
}

function notARoot({ fingerprint, userId }: Keyring, { pinned }: TrustRead): FacsimileError {
  const roots = [...pinned.roots.keys()];
  const message = `your key ${fingerprint} (${userId}) is not a pinned root (${pinned.origin}): it cannot sign ${SIGNERS_NAME}`;
  return new FacsimileError("NOT_A_ROOT", message, {
    hint:
      roots.length === 0
        ? "Pin whom you know first: facs trust add --root FINGERPRINT (facs init pins your own key)."
        : `Ask a root to do it: ${roots.join(", ")}`,
  });
}

function unlisted(fingerprint: string): FacsimileError {
  return new FacsimileError("UNKNOWN_SIGNER", `${SIGNERS_NAME} does not list ${fingerprint}`, {
    hint: "Who is trusted: facs trust list",
  });
}

function changedMeanwhile(): FacsimileError {
  return new FacsimileError("STATE_CHANGED", `${SIGNERS_NAME} was changed by somebody else; nothing was written`, {
    hint: "Run the command again: it reads the list anew.",
  });
}
