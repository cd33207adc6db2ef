import path from "node:path";
import { didYouMean, FacsimileError } from "@facsimile/core";
import { inspectKey, openKeyring, openMemory, type PreparedSigners, type PublicKeyFile, parseFingerprint, parsePublicKey, pinnedRoots, pinRoot, prepareSigners, publishKey, type Scopes, sealedScopes, writeSigners } from "@facsimile/state"; // biome-ignore format: one line
import type { PipelineContext } from "../context.ts";
import { scopeUsers } from "../instance/scope-users.ts";

export interface TrustAddRequest {
  /** As it was typed; a short key id is refused. Default: the key's. */
  readonly fingerprint?: string | undefined;
  /** An armored public key that is to lie in `keys/`; it must be there otherwise. `name`: as messages name it. */
  readonly key?: { readonly text: string; readonly name: string } | undefined;
  /** `"root"`: pin it for this user; else list it as a signer of these scopes. */
  readonly as: "root" | { readonly scopes: Scopes };
  /** Take an older, another or a missing list as it is. Default `false`. */
  readonly acceptRollback?: boolean | undefined;
}

/** Whom to trust from now on: checked and signed, to be shown and confirmed. Nothing is written yet. */
export interface TrustAddition {
  readonly fingerprint: string;
  readonly userId: string | undefined;
  /** To be put into `keys/`. */
  readonly key: PublicKeyFile | undefined;
  /** The list with the signer; undefined for a root. */
  readonly signers: PreparedSigners | undefined;
  /** `false`: it is so already, but for the key. */
  readonly changed: boolean;
  /** Scopes that no instance has, and no file. */
  readonly unusedScopes: readonly UnusedScope[];
  /** The root will not count: `FACS_TRUSTED_SIGNERS` is set, and used in the place of `trust.json`. */
  readonly overruled: boolean;
}

export interface UnusedScope {
  readonly scope: string;
  /** What may have been meant. */
  readonly near: string | undefined;
}

/**
 * Finds out whom to trust. Nothing is written.
 *
 * @throws `BAD_FINGERPRINT`, `NO_PUBLIC_KEY`, `KEY_MISNAMED`, `KEY_UNUSABLE`; for a signer what `prepareSigners` throws.
 */
export async function planTrustAdd(request: TrustAddRequest, context: PipelineContext): Promise<TrustAddition> {
  const { own: root, configDir, env, now } = context;
  const { key, fingerprint } = await keyOf(request, context);
  const { userId, problem } = key === undefined ? await inspectKey(fingerprint, { root, date: now() }) : { ...key, problem: undefined }; // biome-ignore format: one line
  if (problem !== undefined) throw problem;
  const about = { fingerprint, userId, key };
  if (request.as === "root") {
    const { origin } = await pinnedRoots({ configDir, env });
    const { roots } = await pinnedRoots({ configDir, env: {} });
    const [changed, overruled] = [!roots.has(fingerprint), origin !== "trust.json"];
    return { ...about, signers: undefined, changed, unusedScopes: [], overruled };
  }
  const { scopes } = request.as;
  const options = { root, configDir, env, now, memory: openMemory({ configDir }), acceptRollback: request.acceptRollback }; // biome-ignore format: one line
  const keyring = await openKeyring(context);
  const signers = await prepareSigners({ type: "add", fingerprint, scopes, key }, { ...options, keyring });
  const unusedScopes = scopes === "all" ? [] : await unused(scopes, context);
  return { ...about, signers, changed: signers.changed, unusedScopes, overruled: false };
}

/** Puts the key into `keys/`, then pins the root or writes the list. @returns The files written; those of `keys/` are to be committed. */
export async function addTrust(
  { fingerprint, userId, key, signers, changed }: TrustAddition,
  { own: root, configDir, now }: PipelineContext,
): Promise<string[]> {
  if (key !== undefined) await publishKey(key, { root });
  const written = key === undefined ? [] : [`keys/${fingerprint}.asc`];
  if (!changed) return written;
  if (signers === undefined) {
    await pinRoot({ fingerprint, name: userId ?? fingerprint }, { configDir, now });
    return [...written, "trust.json"];
  }
  await writeSigners(signers);
  return [...written, "keys/signers.json", "keys/signers.json.asc"];
}

async function keyOf(
  request: TrustAddRequest,
  { own: root, now }: PipelineContext,
): Promise<{ readonly fingerprint: string; readonly key: PublicKeyFile | undefined }> {
  const wanted = request.fingerprint === undefined ? undefined : parseFingerprint(request.fingerprint);
  if (request.key === undefined) return { fingerprint: wanted ?? parseFingerprint(""), key: undefined };
  const { name, text } = request.key;
  const key = await parsePublicKey(text, { name, root, date: now() });
  if (wanted === undefined || wanted === key.fingerprint) return { fingerprint: key.fingerprint, key };
  throw new FacsimileError("KEY_MISNAMED", `${name} holds another key, ${key.fingerprint}, not ${wanted}`, {
    hint: "Find out who gave you the file. Nothing was written.",
  });
}

/** Where a definition cannot be read, its scope is not known: nothing is said then. */
async function unused(scopes: readonly string[], context: PipelineContext): Promise<readonly UnusedScope[]> {
  const [{ users, unread }, sealed] = [await scopeUsers(context), await sealedScopes(path.join(context.own, "state"))];
  const known = new Set([...users.map(({ scope }) => scope), ...sealed]);
  if (unread.length > 0) return [];
  return scopes.filter((scope) => !known.has(scope)).map((scope) => ({ scope, near: didYouMean(scope, known) }));
}
