import path from "node:path";
import { didYouMean, FacsimileError, isFacsimileError } from "@facsimile/core";
import { type Author, authorsOf, type Keyring, listTrusted, openKeyring, openMemory, openState, type PreparedSigners, parseFingerprint, prepareSigners, resealState, type State, type TrustedKey, type TrustListing, trustedSigners, unpinRoot, writeSigners } from "@facsimile/state"; // biome-ignore format: one line
import type { PipelineContext } from "../context.ts";

export interface TrustRemoveRequest {
  /** As it was typed; a short key id is refused. */
  readonly fingerprint: string;
  /** Of a signer, these scopes alone. Default: all. */
  readonly scopes?: readonly string[] | undefined;
  /** Unpin it for this user, also where `keys/signers.json` lists it. Default `false`: only a root that is not listed is unpinned. */
  readonly root?: boolean | undefined;
  /**
   * Seal what a root sealed last, and sign the list of signers, with this user's key, which others trust as a root. What
   * a signer sealed last is always sealed again. Default `false`.
   */
  readonly reseal?: boolean | undefined;
}

/** Whom to trust no more, and what that leaves behind: opened and signed, to be shown and confirmed. Nothing is written yet. */
export interface TrustRemoval {
  readonly fingerprint: string;
  readonly userId: string | undefined;
  /** `"signer"`: taken out of `keys/signers.json`, for everybody. `"root"`: taken out of this user's `trust.json`. */
  readonly role: "signer" | "root";
  /** The list that is written: without the signer, or signed by another root. */
  readonly signers: PreparedSigners | undefined;
  /** States that this key sealed last: they are sealed again as they are, with this user's key. */
  readonly reseal: readonly State[];
  /** Files that this key signed last and that will be refused, and why they are not signed again. */
  readonly refused: readonly { readonly file: string; readonly why: string }[];
  /** State files of which it cannot be said who sealed them. */
  readonly unclear: readonly { readonly file: string; readonly problem: FacsimileError }[];
  /** No root is left: this user trusts nobody any more. */
  readonly last: boolean;
}

/**
 * Finds out what it comes to. All that can fail before the first write is tried here.
 *
 * @throws `BAD_FINGERPRINT`; `UNKNOWN_SIGNER` when nobody says that this key is trusted, or the environment does;
 *   `NOT_A_ROOT`; what `trustedSigners` throws.
 */
export async function planTrustRemove(request: TrustRemoveRequest, context: PipelineContext): Promise<TrustRemoval> {
  const fingerprint = parseFingerprint(request.fingerprint);
  const listing = await listTrusted(optionsOf(context));
  const found = listing.keys.filter((key) => key.fingerprint === fingerprint);
  const isSigner = request.scopes !== undefined || found.some((key) => key.role === "signer");
  const role = request.root || !isSigner ? "root" : "signer";
  const key = found.find((one) => one.role === role);
  if (key === undefined) throw listing.problem ?? unknown(fingerprint, { listing, role });
  if (key.origin === "FACS_TRUSTED_SIGNERS") throw inEnvironment(fingerprint);
  return role === "signer" ? withoutSigner(key, request, context) : withoutRoot(key, { request, listing }, context);
}

/** Seals again, then writes the list, then unpins: wherever it stops, everything is still trusted, and it can be run again. */
export async function removeTrust(removal: TrustRemoval, context: PipelineContext): Promise<TrustRemoved> {
  const { reseal, signers, role, fingerprint } = removal;
  const resealed: State[] = [];
  if (reseal.length > 0) {
    const keyring = await openKeyring(context);
    for (const state of reseal) resealed.push(await resealState(state, { keyring, now: context.now }));
  }
  if (signers !== undefined) await writeSigners(signers);
  if (role === "root") await unpinRoot(fingerprint, context);
  const lists = signers?.changed ? ["keys/signers.json", "keys/signers.json.asc"] : [];
  return { resealed, written: [...resealed.map(({ file }) => file), ...lists] };
}

export interface TrustRemoved {
  /** As they are now. */
  readonly resealed: readonly State[];
  /** Files to be committed. */
  readonly written: readonly string[];
}

async function withoutSigner(
  { fingerprint, userId }: TrustedKey,
  { scopes }: TrustRemoveRequest,
  context: PipelineContext,
): Promise<TrustRemoval> {
  const keyring = await openKeyring(context);
  const signers = await prepareSigners({ type: "remove", fingerprint, scopes }, { ...optionsOf(context), keyring });
  // Who removes himself stays a root, else he could not sign the list.
  const his = fingerprint === keyring.fingerprint ? NOTHING : await sealedBy(fingerprint, { keyring, scopes }, context);
  return { fingerprint, userId, role: "signer", signers, ...his, last: false };
}

async function withoutRoot(
  { fingerprint, userId }: TrustedKey,
  { request, listing }: { request: TrustRemoveRequest; listing: TrustListing },
  context: PipelineContext,
): Promise<TrustRemoval> {
  const last = listing.keys.filter(({ role }) => role === "root").length === 1;
  const about = { fingerprint, userId, role: "root", last } as const;
  // Without a list that can be read, the signers of states cannot be told; a root can be unpinned nevertheless.
  if (listing.problem !== undefined) return { ...about, signers: undefined, ...NOTHING };
  const signed = listing.list?.signedBy === fingerprint;
  if (request.reseal) {
    const keyring = await openKeyring(context);
    if (keyring.fingerprint === fingerprint) throw ownKey(fingerprint);
    const signers = await prepareSigners({ type: "sign" }, { ...optionsOf(context), keyring });
    const his = await sealedBy(fingerprint, { keyring }, context);
    return { ...about, signers: signed ? signers : undefined, ...his };
  }
  const his = await sealedBy(fingerprint, {}, context);
  const list = { file: "keys/signers.json", why: "he signed it; without it, nobody whom it lists is trusted" };
  return { ...about, signers: undefined, ...his, refused: signed ? [list, ...his.refused] : his.refused };
}

type Sealed = Pick<TrustRemoval, "reseal" | "refused" | "unclear">;
const NOTHING: Sealed = { reseal: [], refused: [], unclear: [] };

/** What a key sealed last. With a keyring, what that can seal again is opened. */
async function sealedBy(
  fingerprint: string,
  { keyring, scopes }: { keyring?: Keyring; scopes?: readonly string[] | undefined },
  context: PipelineContext,
): Promise<Sealed> {
  const folder = path.join(context.own, "state");
  const memory = openMemory(context);
  const trust = await trustedSigners(optionsOf(context));
  const authors = await authorsOf({ folder, trust });
  const his = authors.filter(({ signer, scope }) => signer === fingerprint && (scopes?.includes(scope) ?? true));
  const open = async ({ scope, file }: Author) => {
    if (keyring === undefined) return { file, why: "it is not sealed again" };
    try {
      const state = await openState({ folder, scope, keyring, trust, memory });
      context.redactor.add(...state.secrets());
      return state;
    } catch (error) {
      if (!isFacsimileError(error)) throw error;
      return { file, why: `it cannot be sealed again: ${error.message}` };
    }
  };
  const opened = await Promise.all(his.map(open));
  return {
    reseal: opened.filter((one): one is State => !("why" in one)),
    refused: opened.filter((one) => "why" in one),
    unclear: authors.flatMap(({ file, problem }) => (problem === undefined ? [] : [{ file, problem }])),
  };
}

function optionsOf({ own: root, configDir, env, now }: PipelineContext) {
  return { root, configDir, env, now, memory: openMemory({ configDir }) };
}

function unknown(
  fingerprint: string,
  { listing, role }: { listing: TrustListing; role: TrustedKey["role"] },
): FacsimileError {
  const trusted = [...new Set(listing.keys.map((key) => key.fingerprint))];
  const near = didYouMean(fingerprint, trusted);
  const what = trusted.includes(fingerprint) && role === "root" ? "is no root of yours" : "is not trusted";
  return new FacsimileError("UNKNOWN_SIGNER", `${fingerprint} ${what}; there is nothing to take away`, {
    hint: near === undefined || near === fingerprint ? "Who is trusted: facs trust list" : `Did you mean ${near}?`,
  });
}

function inEnvironment(fingerprint: string): FacsimileError {
  return new FacsimileError("UNKNOWN_SIGNER", `${fingerprint} is a root by FACS_TRUSTED_SIGNERS alone`, {
    hint: "Take it out of that variable.",
  });
}

function ownKey(fingerprint: string): FacsimileError {
  return new FacsimileError("NOT_A_ROOT", `${fingerprint} is your own key: it cannot seal what it is not trusted for`, {
    hint: "Leave out --reseal, or let another root do it.",
  });
}
