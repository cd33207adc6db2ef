import { FacsimileError } from "@facsimile/core";
import type { Keyring } from "../keys/keyring.ts";
import { notBefore, openpgp, readPublicKey } from "../keys/pgp.ts";
import type { Trust } from "../trust/trust.ts";
import type { StateDocument } from "./document.ts";
import type { Random } from "./leaf.ts";

type Bound = Pick<StateDocument, "id" | "scope"> & { readonly recipients: readonly string[] };

export const DATA_KEY_BYTES = 32;

/**
 * The data key as an OpenPGP message that every recipient can open, bound to the file it is for.
 *
 * @throws `NO_PUBLIC_KEY`, `KEY_UNUSABLE` for a recipient whose key cannot be encrypted to (expired, revoked).
 */
export async function wrapDataKey(
  dataKey: Uint8Array,
  { bound, trust, date, random }: { bound: Bound; trust: Trust; date: Date; random: Random },
): Promise<string[]> {
  const { createMessage, encrypt } = await openpgp();
  const keys = await Promise.all(bound.recipients.map(async (name) => readPublicKey(await trust.keyOf(name))));
  const when = notBefore(date, keys);
  for (const key of keys)
    await key.getEncryptionKey(undefined, when).catch((cause: Error) => unusable(key.getFingerprint(), cause));
  const message = await createMessage({ binary: Buffer.from(contentOf(bound, dataKey)), date: when });
  // An explicit AES-256 session key and no AEAD packets: GnuPG 2.2 opens it, whatever the keys' preferences say.
  const sessionKey = { data: random(32), algorithm: "aes256" } as const;
  const armored = await encrypt({
    message,
    encryptionKeys: keys,
    sessionKey,
    date: when,
    config: { aeadProtect: false },
  });
  return armored.trimEnd().split("\n");
}

/**
 * @param file As messages name it.
 * @throws `NOT_A_RECIPIENT`; `STATE_FOREIGN_KEY` when the wrapped key was made for another file or other recipients.
 */
export async function unwrapDataKey(
  document: StateDocument,
  { keyring, file }: { keyring: Keyring; file: string },
): Promise<Uint8Array> {
  const { recipients, message } = document.keys;
  if (!recipients.includes(keyring.fingerprint)) throw notRecipient(file, keyring, recipients);
  const text = Buffer.from(await keyring.decrypt(`${message.join("\n")}\n`)).toString();
  const dataKey = Buffer.from(/"key":"([A-Za-z0-9_-]{43})"\}$/.exec(text)?.[1] ?? "", "base64url");
  if (dataKey.length !== DATA_KEY_BYTES || contentOf({ ...document, recipients }, dataKey) !== text)
    throw foreign(file);
  return dataKey;
}

function contentOf({ id, scope, recipients }: Bound, dataKey: Uint8Array): string {
  return JSON.stringify({ format: "state/1", id, scope, recipients, key: Buffer.from(dataKey).toString("base64url") });
}

function notRecipient(file: string, keyring: Keyring, recipients: readonly string[]): FacsimileError {
  const message = `your key ${keyring.fingerprint} (${keyring.userId}) is not among the recipients of ${file}`;
  return new FacsimileError("NOT_A_RECIPIENT", message, {
    hint: `These can open it: ${recipients.join(", ")}`,
  });
}

function foreign(file: string): FacsimileError {
  return new FacsimileError(
    "STATE_FOREIGN_KEY",
    `${file}: its data key was made for another file or for other recipients`,
    {
      hint: "Restore the file from git; nothing was used of it.",
    },
  );
}

function unusable(fingerprint: string, cause: Error): never {
  const name = fingerprint.toUpperCase();
  throw new FacsimileError("KEY_UNUSABLE", `keys/${name}.asc cannot be encrypted to: ${cause.message}`, {
    cause,
    hint: "Ask its owner for a key that is not expired nor revoked, and put it in keys/.",
  });
}
