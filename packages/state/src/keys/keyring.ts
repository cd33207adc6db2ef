import { stat } from "node:fs/promises";
import path from "node:path";
import { type Environment, FacsimileError } from "@facsimile/core";
import type { PrivateKey } from "openpgp";
import { readIfThere } from "../store/files.ts";
import { ANY_DATE, fingerprintOf, notBefore, openpgp } from "./pgp.ts";

/** The user's own key: signs, and opens what was encrypted to it. */
export interface Keyring {
  /** 40 upper-case hex digits. */
  readonly fingerprint: string;
  /** Armored. */
  readonly publicKey: string;
  /** `Robin <robin@example.org>`. */
  readonly userId: string;
  /** An armored detached signature over the bytes, as `gpg --verify` reads it. `date`: default, the clock's. */
  sign(bytes: Uint8Array, options?: { readonly date?: Date }): Promise<string>;
  /** @throws `NOT_A_RECIPIENT` when the message was not encrypted to this key, or is damaged. */
  decrypt(armored: string): Promise<Uint8Array>;
}

export interface KeyringOptions {
  /** The user's configuration folder; it may hold `key.asc`. */
  readonly configDir: string;
  /** `FACS_PGP_KEY` (armored), `FACS_PGP_KEY_FILE`, and for a protected key `FACS_PGP_PASSPHRASE` or `FACS_PGP_PASSPHRASE_FILE`. */
  readonly env: Environment;
}

/**
 * Opens the user's private key, the first of: `FACS_PGP_KEY`, `FACS_PGP_KEY_FILE`, `key.asc` in the configuration.
 *
 * @throws `NO_KEY`, naming each place that was tried; `KEY_INVALID`; `KEY_LOCKED`; `KEY_EXPOSED` when others may read the file.
 */
export async function openKeyring(options: KeyringOptions): Promise<Keyring> {
  const { text, origin } = await findKey(options);
  const key = await unlock(await parsePrivateKey(text, origin), origin, options.env);
  return keyringOf(key, origin);
}

function keyringOf(key: PrivateKey, origin: string): Keyring {
  return {
    fingerprint: fingerprintOf(key),
    publicKey: key.toPublic().armor(),
    userId: key.getUserIDs()[0] ?? fingerprintOf(key),
    async sign(bytes, { date } = {}) {
      const { createMessage, sign } = await openpgp();
      const message = await createMessage({ binary: bytes });
      const when = date === undefined ? {} : { date: notBefore(date, [key]) };
      return sign({ message, signingKeys: key, detached: true, ...when }).catch((cause: Error) => {
        throw new FacsimileError("KEY_UNUSABLE", `${origin} cannot sign: ${cause.message}`, {
          cause,
          hint: "Prolong the key, or use one that is not expired nor revoked.",
        });
      });
    },
    async decrypt(armored) {
      const { decrypt, readMessage } = await openpgp();
      try {
        const message = await readMessage({ armoredMessage: armored });
        const { data } = await decrypt({ message, decryptionKeys: key, date: ANY_DATE, format: "binary" });
        return data;
      } catch (cause) {
        throw new FacsimileError("NOT_A_RECIPIENT", `${origin} (${fingerprintOf(key)}) does not open this message`, {
          cause,
        });
      }
    },
  };
}

async function findKey({ configDir, env }: KeyringOptions): Promise<{ text: string; origin: string }> {
  const inline = env["FACS_PGP_KEY"];
  if (inline) return { text: inline, origin: "FACS_PGP_KEY" };
  const named = env["FACS_PGP_KEY_FILE"];
  const file = named || path.join(configDir, "key.asc");
  const bytes = await readIfThere(file);
  if (bytes === undefined) throw noKey(file, named);
  await refuseExposed(file);
  return { text: bytes.toString(), origin: file };
}

function noKey(file: string, named: string | undefined): FacsimileError {
  const tried = named
    ? `FACS_PGP_KEY_FILE names ${file}, which does not exist`
    : `FACS_PGP_KEY and FACS_PGP_KEY_FILE are not set, ${file} does not exist`;
  return new FacsimileError("NO_KEY", `there is no private key: ${tried}`, {
    hint: "Make one with: facs init. In CI, put an armored private key into FACS_PGP_KEY.",
  });
}

async function refuseExposed(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o077) === 0) return;
  throw new FacsimileError("KEY_EXPOSED", `${file} is a private key that other users of this machine may read`, {
    hint: `chmod 600 ${file}`,
  });
}

async function parsePrivateKey(text: string, origin: string): Promise<PrivateKey> {
  const { readPrivateKeys } = await openpgp();
  const keys = await readPrivateKeys({ armoredKeys: text }).catch((cause: Error) => {
    throw invalidKey(origin, "it holds no armored private key", cause);
  });
  const [key, second] = keys;
  if (key === undefined || second !== undefined) throw invalidKey(origin, `it holds ${keys.length} keys, expected one`);
  if (key.keyPacket.version !== 4) {
    throw invalidKey(
      origin,
      `it is of OpenPGP version ${key.keyPacket.version}, which GnuPG cannot read; expected version 4`,
    );
  }
  return key;
}

async function unlock(key: PrivateKey, origin: string, env: Environment): Promise<PrivateKey> {
  if (key.isDecrypted()) return key;
  const { decryptKey } = await openpgp();
  const passphrase = await findPassphrase(env);
  if (passphrase === undefined) throw lockedKey(origin, "is protected by a passphrase, and none was given");
  return decryptKey({ privateKey: key, passphrase }).catch(() => {
    // No cause: nothing of a passphrase may reach a message.
    throw lockedKey(origin, "is protected by another passphrase than the one given");
  });
}

async function findPassphrase(env: Environment): Promise<string | undefined> {
  const [inline, file] = [env["FACS_PGP_PASSPHRASE"], env["FACS_PGP_PASSPHRASE_FILE"]];
  if (inline || !file) return inline || undefined;
  // The newline that editors and `echo` put at the end is not part of a passphrase.
  return (await readIfThere(file))?.toString().replace(/\r?\n$/, "");
}

function invalidKey(origin: string, what: string, cause?: Error): FacsimileError {
  return new FacsimileError("KEY_INVALID", `${origin} is not usable: ${what}`, {
    cause,
    hint: "Export one with: gpg --armor --export-secret-keys FINGERPRINT",
  });
}

function lockedKey(origin: string, what: string): FacsimileError {
  return new FacsimileError("KEY_LOCKED", `the key in ${origin} ${what}`, {
    hint: "Set FACS_PGP_PASSPHRASE_FILE to a file that only you can read, or FACS_PGP_PASSPHRASE.",
  });
}
