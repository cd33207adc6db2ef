import type { PublicKey } from "openpgp";

type OpenPgp = typeof import("openpgp");

let loading: Promise<OpenPgp> | undefined;
const parsed = new Map<string, Promise<PublicKey>>();

/** OpenPGP.js, loaded on first use: it is large, and most commands never need it. */
export function openpgp(): Promise<OpenPgp> {
  return (loading ??= import("openpgp"));
}

/** Parses an armored public key; the same text only once. */
export function readPublicKey(armored: string): Promise<PublicKey> {
  const known = parsed.get(armored);
  if (known !== undefined) return known;
  const reading = openpgp().then(async ({ readKey }) => (await readKey({ armoredKey: armored })).toPublic());
  parsed.set(armored, reading);
  return reading;
}

/** Upper-case hex, as GnuPG prints it and as files in `keys/` are named. */
export function fingerprintOf(key: { getFingerprint(): string }): string {
  return key.getFingerprint().toUpperCase();
}

/** A fingerprint of a version 4 key, the only kind that GnuPG knows. */
export const FINGERPRINT = /^[0-9A-F]{40}$/;

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
