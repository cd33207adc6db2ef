import path from "node:path";
import { type Environment, type Exec, FacsimileError } from "@facsimile/core";
import { openArmored, openKeyFile } from "./armored.ts";
import { openGnupg } from "./gnupg.ts";
import type { Keyring } from "./keyring.ts";

export interface KeyringOptions {
  /** The user's configuration folder; it may hold `key.asc`. */
  readonly configDir: string;
  /**
   * `FACS_PGP_KEY` (armored), `FACS_PGP_KEY_FILE`, and for a protected key `FACS_PGP_PASSPHRASE` or
   * `FACS_PGP_PASSPHRASE_FILE`; `FACS_GPG_KEY`, the fingerprint of one of GnuPG's keys; what tells gpg its home and its
   * pinentry the terminal or screen.
   */
  readonly env: Environment;
  /** Runs gpg. Default: GnuPG is not asked. */
  readonly exec?: Exec | undefined;
  /** Ends a gpg that waits for somebody. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens the user's private key, the first of: `FACS_PGP_KEY`, `FACS_PGP_KEY_FILE`, `key.asc` in the configuration, the
 * user's GnuPG with its agent or smart card. What a variable names is used or refused, never passed over: so
 * `FACS_GPG_KEY` comes before `key.asc`.
 *
 * Of GnuPG's keys it takes the one that `FACS_GPG_KEY` names, else the only one that can sign and decrypt, else the
 * `default-key` of `gpg.conf`.
 *
 * @throws `NO_KEY`, naming each place and key that was tried, and why it did not do; `KEY_INVALID`; `KEY_LOCKED`;
 *   `KEY_EXPOSED` when others may read the file; `KEY_AMBIGUOUS` when GnuPG has several; `GPG_FAILED`.
 */
export async function openKeyring(options: KeyringOptions): Promise<Keyring> {
  const { configDir, env } = options;
  const [inline, named, chosen] = [env["FACS_PGP_KEY"], env["FACS_PGP_KEY_FILE"], env["FACS_GPG_KEY"]];
  if (inline) return openArmored(inline, { origin: "FACS_PGP_KEY", env });
  if (named) return (await openKeyFile(named, env)) ?? noKey(`FACS_PGP_KEY_FILE names ${named}, which does not exist`);
  const file = path.join(configDir, "key.asc");
  const own = chosen ? undefined : await openKeyFile(file, env);
  if (own !== undefined) return own;
  const found = await openGnupg({ ...options, chosen });
  if (!("why" in found)) return found;
  const { why, expired } = found;
  if (chosen) return noKey(`FACS_GPG_KEY names ${chosen}; ${why}`);
  return noKey(`FACS_PGP_KEY, FACS_PGP_KEY_FILE and FACS_GPG_KEY are not set; ${file} does not exist; ${why}`, expired);
}

function noKey(tried: string, expired?: string): never {
  throw new FacsimileError("NO_KEY", `there is no private key to use: ${tried}`, {
    hint: expired === undefined ? NONE : `${PROLONG.replaceAll("KEY", expired)}\nOr another key. ${NONE}`,
  });
}

const NONE =
  "It takes one that can sign and decrypt. Make it with: facs init. In CI, put an armored private key into FACS_PGP_KEY.";

/** A key of one's own that expired opens all that it opened before, once it is prolonged; a new one opens nothing of it. */
const PROLONG =
  "One expired. To prolong it, and its subkeys: gpg --quick-set-expire KEY 2y, and gpg --quick-set-expire KEY 2y '*'";
