import { type FacsimileError, isFacsimileError } from "@facsimile/core";
import { inspectKey } from "./public-keys.ts";
import { readTrust, type TrustOptions } from "./read-trust.ts";
import { type PinnedRoots, pinnedRoots } from "./roots.ts";
import type { Listed } from "./signers.ts";
import type { Scopes } from "./trust.ts";

/** Somebody whose signature counts. A root that the list names too is there twice. */
export interface TrustedKey {
  readonly fingerprint: string;
  readonly role: "root" | "signer";
  readonly scopes: Scopes;
  /** Who says so. */
  readonly origin: PinnedRoots["origin"] | "keys/signers.json";
  /** As its key says of itself; for a root whose key is missing, as the user confirmed it. */
  readonly userId: string | undefined;
  /** When a root was pinned, ISO 8601; `trust.json` alone knows. */
  readonly added: string | undefined;
  /** `NO_PUBLIC_KEY`, `KEY_MISNAMED`, `KEY_UNUSABLE`: what is wrong with its key in `keys/`. */
  readonly problem: FacsimileError | undefined;
}

export interface TrustListing {
  /** Roots first, as they are written down. */
  readonly keys: readonly TrustedKey[];
  /** `keys/signers.json`, where there is one that can be read. */
  readonly list: { readonly serial: number; readonly signedBy: string } | undefined;
  /** Why `keys/signers.json` does not count: a bad signature, an older one, signed by somebody else. */
  readonly problem: FacsimileError | undefined;
}

/** Everybody who is trusted, and what is wrong with it. @throws `TRUST_INVALID`, `TRUST_NEWER` */
export async function listTrusted(options: TrustOptions & { readonly now: () => Date }): Promise<TrustListing> {
  const { listed, problem } = await readList(options);
  const { origin, roots } = await pinnedRoots(options);
  const at = { root: options.root, date: options.now() };
  const pinned = [...roots].map(async ([fingerprint, { name, added }]): Promise<TrustedKey> => {
    const key = await inspectKey(fingerprint, at);
    return { fingerprint, role: "root", scopes: "all", origin, added, ...key, userId: key.userId ?? name };
  });
  const named = [...(listed?.signers ?? [])].map(
    async ([fingerprint, scopes]): Promise<TrustedKey> => ({
      ...{ fingerprint, role: "signer", scopes, origin: "keys/signers.json", added: undefined },
      ...(await inspectKey(fingerprint, at)),
    }),
  );
  const keys = await Promise.all([...pinned, ...named]);
  return { keys, list: listed && { serial: listed.file.serial, signedBy: listed.signedBy }, problem };
}

async function readList(
  options: TrustOptions,
): Promise<{ readonly listed: Listed | undefined; readonly problem: FacsimileError | undefined }> {
  try {
    return { listed: (await readTrust(options)).listed, problem: undefined };
  } catch (error) {
    if (isFacsimileError(error) && !error.code.startsWith("TRUST_")) return { listed: undefined, problem: error };
    throw error;
  }
}
