import { stat } from "node:fs/promises";
import { type Environment, FacsimileError } from "@facsimile/core";
import type { PrivateKey } from "openpgp";
import { readIfThere } from "../store/files.ts";
import type { Keyring } from "./keyring.ts";
import { ANY_DATE, doubtOf, fingerprintOf, notBefore, openpgp, userIdOf, wrongVersion } from "./pgp.ts";

interface Origin {
  /** Where the key came from, for messages. */
  readonly origin: string;
  readonly env: Environment;
}

/** A keyring from a file; `undefined` when there is none. */
export async function openKeyFile(file: string, env: Environment): Promise<Keyring | undefined> {
  const bytes = await readIfThere(file);
  if (bytes === undefined) return undefined;
  await refuseExposed(file);
  return openArmored(bytes.toString(), { origin: file, env });
}

/** A keyring from an armored private key. */
export async function openArmored(text: string, { origin, env }: Origin): Promise<Keyring> {
  return keyringOf(await unlock(await parsePrivateKey(text, origin), { origin, env }), origin);
}

function keyringOf(key: PrivateKey, origin: string): Keyring {
  return {
    fingerprint: fingerprintOf(key),
    publicKey: key.toPublic().armor(),
    userId: userIdOf(key) ?? fingerprintOf(key),
    async sign(bytes, { date } = {}) {
      const { createMessage, sign } = await openpgp();
      const message = await createMessage({ binary: bytes });
      const when = date === undefined ? {} : { date: notBefore(date, [key]) };
      return sign({ message, signingKeys: key, detached: true, ...when }).catch(async (cause: Error) => {
        throw new FacsimileError("KEY_UNUSABLE", `${origin} cannot sign: ${await doubtOf(key, cause)}`, {
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
  if (key.keyPacket.version !== 4) throw invalidKey(origin, `it is ${wrongVersion(key.keyPacket.version)}`);
  return key;
}

async function unlock(key: PrivateKey, { origin, env }: Origin): Promise<PrivateKey> {
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
  const bytes = await readIfThere(file);
  if (bytes === undefined)
    throw new FacsimileError("KEY_LOCKED", `FACS_PGP_PASSPHRASE_FILE names ${file}, which does not exist`, {
      hint: "Put the passphrase of the key there, readable for you alone.",
    });
  // The newline that editors and `echo` put at the end is not part of a passphrase.
  return bytes.toString().replace(/\r?\n$/, "");
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
