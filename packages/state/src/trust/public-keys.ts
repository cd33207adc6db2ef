import nodeFs from "node:fs/promises";
import path from "node:path";
import { errnoOf, FacsimileError, isFacsimileError } from "@facsimile/core";
import type { PublicKey } from "openpgp";
import { mergePublicKeys } from "../keys/merge.ts";
import {
  doubtOf,
  FINGERPRINT,
  fingerprintOf,
  notBefore,
  openpgp,
  readPublicKey,
  remedyFor,
  userIdOf,
} from "../keys/pgp.ts";
import { readIfThere } from "../store/files.ts";

/** A public key that somebody handed over. */
export interface PublicKeyFile {
  /** 40 upper-case hex digits. */
  readonly fingerprint: string;
  /** Armored; nothing private is in it. */
  readonly publicKey: string;
  /** `Robin <robin@example.org>`, as the key says of itself. */
  readonly userId: string | undefined;
}

/**
 * A full fingerprint as people write it: in groups, in lower case, with `0x` or colons.
 *
 * @returns 40 upper-case hex digits.
 * @throws `BAD_FINGERPRINT`
 */
export function parseFingerprint(text: string): string {
  const digits = text.replace(/[\s:]/g, "").replace(/^0x/i, "").toUpperCase();
  if (FINGERPRINT.test(digits)) return digits;
  const isShort = /^[0-9A-F]{8,39}$/.test(digits);
  const why = isShort ? `has ${digits.length} hex digits, not 40: a short key id can be forged` : "is no fingerprint";
  throw new FacsimileError("BAD_FINGERPRINT", `${JSON.stringify(text)} ${why}`, {
    hint: "gpg --fingerprint shows the 40 hex digits; facs trust list those that are trusted.",
  });
}

/**
 * Reads one armored public key; what a copy in `keys/` knows beside that is joined to it.
 *
 * @param place `name`: as messages name it; `root`: the folder that holds `keys/`.
 * @throws `NO_PUBLIC_KEY`; `KEY_UNUSABLE` when it is expired or revoked; `KEY_MISNAMED` when its place in `keys/` holds
 *   another key.
 */
export async function parsePublicKey(
  text: string,
  { name, root, date }: { readonly name: string; readonly root: string; readonly date: Date },
): Promise<PublicKeyFile> {
  const { readKeys } = await openpgp();
  const keys = await readKeys({ armoredKeys: text }).catch(() => {
    throw noPublicKey(name, "is not an armored public key");
  });
  const [given, second] = keys;
  // OpenPGP.js reads the first armored block alone.
  const blocks = text.match(/^-----BEGIN PGP /gm)?.length ?? 0;
  if (given === undefined || second !== undefined || blocks > 1) throw noPublicKey(name, "holds several keys, expected one"); // biome-ignore format: one line
  const fingerprint = fingerprintOf(given);
  if (!FINGERPRINT.test(fingerprint)) throw noPublicKey(name, "is not of OpenPGP version 4");
  const known = await readKeyFile(root, fingerprint).catch((error: unknown) => {
    if (!isFacsimileError(error, "NO_PUBLIC_KEY")) throw error;
    return given.toPublic().armor();
  });
  const publicKey = await mergePublicKeys(known, given.toPublic().armor());
  const key = await readPublicKey(publicKey, name);
  const problem = await faultOf(key, { name, date });
  if (problem !== undefined) throw problem;
  return { fingerprint, publicKey, userId: userIdOf(key) };
}

/** The armored key in `keys/<FINGERPRINT>.asc`. @throws `NO_PUBLIC_KEY`, `KEY_MISNAMED` */
export async function readKeyFile(root: string, fingerprint: string): Promise<string> {
  const name = keyFileName(fingerprint);
  if (!FINGERPRINT.test(fingerprint))
    throw noPublicKey(name, "is not named by a fingerprint of 40 upper-case hex digits");
  const bytes = await readIfThere(path.join(root, name));
  if (bytes === undefined) throw noPublicKey(name, "does not exist");
  const key = await readPublicKey(bytes.toString(), name).catch((cause: Error) => {
    throw isFacsimileError(cause) ? cause : noPublicKey(name, "is not an armored public key");
  });
  if (fingerprintOf(key) === fingerprint) return bytes.toString();
  throw new FacsimileError("KEY_MISNAMED", `${name} holds another key, ${fingerprintOf(key)}`, {
    hint: "Find out who put it there. Replace it by the right key, or name it by its own fingerprint.",
  });
}

/** Whose key it says it is, and why it cannot be used, if so: `NO_PUBLIC_KEY`, `KEY_MISNAMED`, `KEY_UNUSABLE`. */
export async function inspectKey(
  fingerprint: string,
  { root, date }: { readonly root: string; readonly date: Date },
): Promise<{ readonly userId: string | undefined; readonly problem: FacsimileError | undefined }> {
  try {
    const key = await readPublicKey(await readKeyFile(root, fingerprint));
    const problem = await faultOf(key, { name: keyFileName(fingerprint), date });
    return { userId: userIdOf(key), problem };
  } catch (error) {
    if (isFacsimileError(error)) return { userId: undefined, problem: error };
    throw error;
  }
}

/** The fingerprints that `keys/*.asc` are named by, sorted. */
export async function publishedKeys(root: string): Promise<string[]> {
  const names = await nodeFs.readdir(path.join(root, "keys")).catch((cause: unknown) => {
    if (errnoOf(cause) === "ENOENT") return [];
    throw cause;
  });
  return names.flatMap((name) => /^([0-9A-F]{40})\.asc$/.exec(name)?.[1] ?? []).sort();
}

/** `keys/<FINGERPRINT>.asc` */
export function keyFileName(fingerprint: string): string {
  return `keys/${fingerprint}.asc`;
}

async function faultOf(
  key: PublicKey,
  { name, date }: { name: string; date: Date },
): Promise<FacsimileError | undefined> {
  try {
    await key.verifyPrimaryKey(notBefore(date, [key]));
    return undefined;
  } catch (cause) {
    return new FacsimileError("KEY_UNUSABLE", `${name} cannot be used: ${await doubtOf(key, cause as Error)}`, {
      cause,
      hint: await remedyFor(key, name),
    });
  }
}

function noPublicKey(name: string, what: string): FacsimileError {
  return new FacsimileError("NO_PUBLIC_KEY", `${name} ${what}`, {
    hint: "Its owner can export it with: gpg --armor --export FINGERPRINT (facs init writes the operator's).",
  });
}
