import { FacsimileError } from "@facsimile/core";
import type { PublicKey, Signature } from "openpgp";
import { ANY_DATE, openpgp, readPublicKey, shortFingerprint, userIdOf } from "../keys/pgp.ts";
import type { Trust } from "./trust.ts";

export interface Signed {
  /** What was signed. */
  readonly bytes: Uint8Array;
  /** Armored and detached. */
  readonly signature: string;
  readonly trust: Trust;
  /** The signer must be trusted for this scope. Default: for every scope. */
  readonly scope?: string | undefined;
  /** What was signed, for messages. Default `"the file"`. */
  readonly name?: string | undefined;
}

/**
 * Checks a detached signature against the trusted signers. Its own date and the expiry of its key decide nothing.
 *
 * @returns The signer's fingerprint, as trusted.
 * @throws `STATE_UNTRUSTED_SIGNER`; `BAD_SIGNATURE`; `NO_PUBLIC_KEY` when a trusted signer's key is not in `keys/`.
 */
export async function verifyDetached(signed: Signed): Promise<{ readonly signer: string }> {
  const { bytes, name = "the file" } = signed;
  const signature = await parseSignature(signed.signature, name);
  const { signer, key } = await findSigner(signature, signed);
  try {
    await check(signature, { bytes, key });
  } catch (cause) {
    throw badSignature(name, "it is not what its signer signed", cause);
  }
  return { signer };
}

// Not openpgp.verify(): whatever date it is given, it wants the key to have been valid on the day that the signature names,
// so that prolonging a key would break all that it signed before.
async function check(
  { packets: [packet] }: Signature,
  { bytes, key }: { bytes: Uint8Array; key: PublicKey },
): Promise<void> {
  const { createMessage, enums } = await openpgp();
  const [literal] = (await createMessage({ binary: bytes })).packets;
  if (packet === undefined || literal === undefined) throw new Error("nothing was signed");
  const { keyPacket } = await key.getSigningKey(packet.issuerKeyID, ANY_DATE);
  await packet.verify(keyPacket, enums.signature.binary, literal, ANY_DATE, true);
}

/**
 * The one spelling of a signature that files hold; {@link verifyDetached} accepts others too. Without what anybody can add
 * to it unseen: the signature itself names its key's fingerprint.
 */
export async function canonicalSignature(armored: string): Promise<string> {
  const { readSignature } = await openpgp();
  const signature = await readSignature({ armoredSignature: armored });
  // RFC 9580, 5.2.3.3: unhashed subpackets are not covered by the signature.
  for (const packet of signature.packets) if (packet.issuerFingerprint) packet.unhashedSubpackets = [];
  return signature.armor();
}

async function parseSignature(armored: string, name: string): Promise<Signature> {
  const { enums, readSignature } = await openpgp();
  const signature = await readSignature({ armoredSignature: armored }).catch((cause: unknown) => {
    throw badSignature(name, "its signature is damaged", cause);
  });
  const [packet, second] = signature.packets;
  if (packet === undefined || second !== undefined || packet.signatureType !== enums.signature.binary) {
    throw badSignature(name, "its signature should be one detached signature over bytes");
  }
  return signature;
}

// A signature may be made by a subkey, so keys are compared by the ids of all their parts.
async function findSigner(
  signature: Signature,
  { trust, scope, name = "the file" }: Signed,
): Promise<{ signer: string; key: PublicKey }> {
  const [packet] = signature.packets;
  if (packet === undefined) throw badSignature(name, "it has no signature");
  const { issuerFingerprint } = packet;
  const issuer = issuerFingerprint ? Buffer.from(issuerFingerprint).toString("hex").toUpperCase() : undefined;
  for (const signer of trust.signers.keys()) {
    const key = await publicKeyOf(signer, trust, issuer);
    if (key === undefined || key.getKeys(packet.issuerKeyID).length === 0) continue;
    if (!maySign(trust, signer, scope)) throw await untrusted(name, signer, { trust, scope });
    return { signer, key };
  }
  throw await untrusted(name, issuer ?? packet.issuerKeyID.toHex().toUpperCase(), { trust, scope });
}

async function publicKeyOf(signer: string, trust: Trust, issuer: string | undefined): Promise<PublicKey | undefined> {
  try {
    return await readPublicKey(await trust.keyOf(signer));
  } catch (cause) {
    // Another signer's missing key is no reason to refuse this one.
    if (signer === issuer) throw cause;
    return undefined;
  }
}

/** A root signs every scope, others those they are listed with; without a scope, one must be allowed all. */
export function maySign(trust: Trust, signer: string, scope: string | undefined): boolean {
  const scopes = trust.signers.get(signer);
  return scopes === "all" || (scopes !== undefined && scope !== undefined && scopes.includes(scope));
}

/** @returns `STATE_UNTRUSTED_SIGNER`, telling all that is known about the key. */
async function untrusted(
  name: string,
  fingerprint: string,
  { trust, scope }: { trust: Trust; scope?: string | undefined },
): Promise<FacsimileError> {
  const owner = await trust.keyOf(fingerprint).then(ownerOf, () => undefined);
  const whose =
    owner === undefined
      ? "Its public key is not in keys/"
      : `That key says it belongs to ${JSON.stringify(owner)} (keys/${fingerprint}.asc)`;
  const signer = shortFingerprint(fingerprint);
  const message = trust.signers.has(fingerprint)
    ? `${name} is signed by ${signer}, who may not sign ${scope === undefined ? "every scope" : `the scope ${scope}`}`
    : `${name} is signed by ${signer}, whom you do not trust`;
  return new FacsimileError("STATE_UNTRUSTED_SIGNER", message, {
    hint: `${whose}. Nothing was used.\n${waysToTrust(fingerprint, { trust, scope })}`,
  });
}

/** What to type once the fingerprint was compared. */
function waysToTrust(fingerprint: string, { trust, scope }: { trust: Trust; scope?: string | undefined }): string {
  const listing = `facs trust add ${fingerprint} ${scope === undefined ? "--all-scopes" : `--scope ${scope}`}`;
  if (trust.signers.has(fingerprint)) return `A root can let this key sign it: ${listing}`;
  const pinning = `If you know this person and have compared the fingerprint: facs trust add --root ${fingerprint}\nIn CI, name it in FACS_TRUSTED_SIGNERS, beside your own: ${fingerprint}`;
  return trust.signers.size === 0 || scope === undefined
    ? pinning
    : `A root can list the key as a signer: ${listing}\n${pinning}`;
}

async function ownerOf(armored: string): Promise<string | undefined> {
  return userIdOf(await readPublicKey(armored));
}

export function badSignature(name: string, what: string, cause?: unknown): FacsimileError {
  return new FacsimileError("BAD_SIGNATURE", `${name}: ${what}`, {
    cause,
    hint: "It was changed after it was signed: restore it from git. Nothing was used.",
  });
}
