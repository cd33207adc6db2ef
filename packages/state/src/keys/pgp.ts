import { createRequire } from "node:module";
import { FacsimileError } from "@facsimile/core";
import type { Key, PublicKey } from "openpgp";

type OpenPgp = typeof import("openpgp");

const require = createRequire(import.meta.url);
const parsed = new Map<string, Promise<PublicKey>>();

/**
 * OpenPGP.js, loaded on first use: it is large, and most commands never need it. Asked for as CommonJS it comes minified, a
 * third of what import would read.
 */
export async function openpgp(): Promise<OpenPgp> {
  return require("openpgp") as OpenPgp;
}

/**
 * Parses an armored public key; the same text only once.
 *
 * @param name As messages name it.
 * @throws `KEY_INVALID` when it is not of version 4; errors of OpenPGP.js.
 */
export async function readPublicKey(armored: string, name = "the public key"): Promise<PublicKey> {
  const key = await (parsed.get(armored) ?? parse(armored));
  const { version } = key.keyPacket;
  if (version === 4) return key;
  throw new FacsimileError("KEY_INVALID", `${name} is ${wrongVersion(version)}`, {
    hint: "Its owner can make one with facs init, or with gpg --quick-generate-key.",
  });
}

function parse(armored: string): Promise<PublicKey> {
  const reading = openpgp().then(async ({ readKey }) => (await readKey({ armoredKey: armored })).toPublic());
  parsed.set(armored, reading);
  return reading;
}

/** Upper-case hex, as GnuPG prints it and as files in `keys/` are named. */
export function fingerprintOf(key: { getFingerprint(): string }): string {
  return key.getFingerprint().toUpperCase();
}

/** The key's first user id, without what could steer a terminal or turn the direction of writing: anybody may have made it up. */
export function userIdOf(key: { getUserIDs(): string[] }): string | undefined {
  return key.getUserIDs()[0]?.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
}

/** A fingerprint of a version 4 key, the only kind that GnuPG knows. */
export const FINGERPRINT = /^[0-9A-F]{40}$/;

/** A fingerprint of a version 5 or 6 key. */
export const LONG_FINGERPRINT = /^[0-9A-F]{64}$/;

/** Why a key of another version than 4 is refused, to stand behind "is". */
export function wrongVersion(version: number | string): string {
  return `a key of OpenPGP version ${version}, which not every GnuPG can read; expected version 4`;
}

/** Why a key cannot be used, to stand behind a colon: that it expired, and when; that it is revoked; else the cause's words. */
export async function doubtOf(key: Key, cause: Error): Promise<string> {
  if (await isRevoked(key)) return "it is revoked";
  const end = await key.getExpirationTime();
  if (!/expired/.test(cause.message) || !(end instanceof Date)) return cause.message;
  return `it expired on ${end.toISOString().slice(0, 10)}`;
}

/** What to do about a public key that is revoked or expired. `place`: the file that holds it, such as `keys/….asc`. */
export async function remedyFor(key: Key, place: string): Promise<string> {
  if (await isRevoked(key)) return "Nothing brings it back. Ask its owner for a new key, and compare its fingerprint.";
  const command = `gpg --quick-set-expire ${fingerprintOf(key)} 2y`;
  return askOwner(key, { to: `prolong it and its subkeys: ${command} && ${command} '*'`, place });
}

/** A change that only the owner of a public key can make. */
export function askOwner(key: Key, { to, place }: { readonly to: string; readonly place: string }): string {
  return `Ask its owner to ${to}\nThen put a new export (gpg --armor --export ${fingerprintOf(key)}) in the place of ${place}.`;
}

function isRevoked(key: Key): Promise<boolean> {
  return key.isRevoked(undefined, undefined, ANY_DATE);
}

/** `9F3B…11C2`, for running text. */
export function shortFingerprint(fingerprint: string): string {
  return `${fingerprint.slice(0, 4)}…${fingerprint.slice(-4)}`;
}

/** The later of a clock's time and a key's birth: a clock that runs behind must not make a fresh key useless. */
export function notBefore(date: Date, keys: readonly { getCreationTime(): Date }[]): Date {
  return new Date(Math.max(date.getTime(), ...keys.map((key) => key.getCreationTime().getTime())));
}

/**
 * Switches off OpenPGP.js's checks against a date (its types do not know of it). What may be opened and who may sign is
 * decided by lists, never by a date that somebody wrote into a signature, nor by the expiry of a key.
 */
export const ANY_DATE = null as unknown as Date;
