import type { Environment } from "@facsimile/core";
import type { Memory } from "./memory.ts";
import { readKeyFile } from "./public-keys.ts";
import { type PinnedRoots, pinnedRoots } from "./roots.ts";
import { type Listed, readSigners } from "./signers.ts";
import type { Trust } from "./trust.ts";

export interface TrustOptions {
  readonly configDir: string;
  /** `FACS_TRUSTED_SIGNERS`: fingerprints, with blanks or commas between; where set, it is used instead of `trust.json`. */
  readonly env: Environment;
  /** The folder that holds `keys/`. */
  readonly root: string;
  /** With it, a list of signers older than the one remembered is refused. */
  readonly memory?: Memory | undefined;
  /** Take an older or another list as it is. Default `false`. */
  readonly acceptRollback?: boolean | undefined;
}

/**
 * The user's pinned roots, and the signers whom a root listed in `keys/signers.json`.
 *
 * @throws `TRUST_INVALID`, `TRUST_NEWER`, `SIGNERS_INVALID`, `SIGNERS_NEWER`; what {@link verifyDetached} throws for the
 *   list; `STATE_ROLLED_BACK` for an older list.
 */
export async function trustedSigners(options: TrustOptions): Promise<Trust> {
  return (await readTrust(options)).trust;
}

export interface TrustRead {
  readonly pinned: PinnedRoots;
  readonly listed: Listed | undefined;
  readonly trust: Trust;
}

/** {@link trustedSigners}, and where each comes from. */
export async function readTrust(options: TrustOptions): Promise<TrustRead> {
  const pinned = await pinnedRoots(options);
  const roots = trustIn(options.root, pinned.roots.keys());
  const listed = await readSigners({ ...options, roots });
  if (listed === undefined) return { pinned, listed, trust: roots };
  const signers = new Map([...listed.signers, ...roots.signers]);
  return { pinned, listed, trust: { ...roots, list: listed.file, signers } };
}

/** Trusts these keys for every scope, and no list. */
export function trustIn(root: string, fingerprints: Iterable<string>): Trust {
  return {
    signers: new Map([...fingerprints].map((name) => [name, "all"])),
    keyOf: (name) => readKeyFile(root, name),
    list: undefined,
  };
}
