import { FacsimileError, isFacsimileError, throwProblems } from "@facsimile/core";
import type { PublicKey } from "openpgp";
import type { Trust } from "../trust/trust.ts";
import {
  ANY_DATE,
  askOwner,
  doubtOf,
  fingerprintOf,
  LONG_FINGERPRINT,
  notBefore,
  readPublicKey,
  remedyFor,
  userIdOf,
  wrongVersion,
} from "./pgp.ts";

/**
 * The public keys of recipients, all fit to be encrypted to `when`: at `date`, or as soon as the youngest of them exists.
 *
 * @throws For all of them at once what `keyOf` throws, `KEY_INVALID` for a key of another version than 4, and
 *   `KEY_UNUSABLE` for one that is expired or revoked.
 */
export async function recipientKeys(
  recipients: readonly string[],
  { trust, date }: { readonly trust: Trust; readonly date: Date },
): Promise<{ readonly keys: PublicKey[]; readonly when: Date }> {
  const found = await Promise.all(recipients.map((name) => keyOf(name, trust).catch(asProblem)));
  const keys = found.filter((key): key is PublicKey => !isFacsimileError(key));
  const when = notBefore(date, keys);
  const doubts = await Promise.all(keys.map((key) => doubtAbout(key, when)));
  throwProblems([...found, ...doubts].filter((each) => isFacsimileError(each)));
  return { keys, when };
}

/** Fingerprints, each with the user id that its key in `keys/` has. */
export async function describeKeys(fingerprints: readonly string[], trust: Trust): Promise<string> {
  const described = fingerprints.map(async (fingerprint) => {
    const key = await keyOf(fingerprint, trust).catch(asProblem);
    const owner = isFacsimileError(key) ? "no usable key in keys/" : JSON.stringify(userIdOf(key) ?? "");
    return `${fingerprint} (${owner})`;
  });
  return (await Promise.all(described)).join(", ");
}

async function keyOf(fingerprint: string, trust: Trust): Promise<PublicKey> {
  if (LONG_FINGERPRINT.test(fingerprint)) throw tooNew(fingerprint);
  return readPublicKey(await trust.keyOf(fingerprint), `keys/${fingerprint}.asc`);
}

function asProblem(error: unknown): FacsimileError {
  if (isFacsimileError(error)) return error;
  throw error;
}

async function doubtAbout(key: PublicKey, when: Date): Promise<FacsimileError | undefined> {
  const place = `keys/${fingerprintOf(key)}.asc`;
  try {
    await key.getEncryptionKey(undefined, when);
    return undefined;
  } catch (cause) {
    const isSignOnly = (await isGood(key, when)) && !(await hasEncryption(key));
    const why = isSignOnly ? "it only signs, no subkey of it encrypts" : await doubtOf(key, cause as Error);
    const command = `gpg --quick-add-key ${fingerprintOf(key)} cv25519 encr never`;
    const hint = isSignOnly ? askOwner(key, { to: `add one: ${command}`, place }) : await remedyFor(key, place);
    return new FacsimileError("KEY_UNUSABLE", `${place} cannot be encrypted to: ${why}`, { cause, hint });
  }
}

function isGood(key: PublicKey, when: Date): Promise<boolean> {
  return succeeds(key.verifyPrimaryKey(when));
}

/** Also a subkey that expired is one. */
function hasEncryption(key: PublicKey): Promise<boolean> {
  return succeeds(key.getEncryptionKey(undefined, ANY_DATE));
}

function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

function tooNew(fingerprint: string): FacsimileError {
  return new FacsimileError("KEY_INVALID", `the recipient ${fingerprint} is ${wrongVersion("5 or 6")}`, {
    hint: "Ask its owner for a key that facs init made, or gpg --quick-generate-key.",
  });
}
