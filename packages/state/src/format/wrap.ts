import { FacsimileError } from "@facsimile/core";
import type { Keyring } from "../keys/keyring.ts";
import { openpgp } from "../keys/pgp.ts";
import { describeKeys, recipientKeys } from "../keys/recipients.ts";
import type { Trust } from "../trust/trust.ts";
import type { StateDocument } from "./document.ts";
import type { Random } from "./leaf.ts";

type Bound = Pick<StateDocument, "id" | "scope"> & { readonly recipients: readonly string[] };

export const DATA_KEY_BYTES = 32;

/**
 * The data key as an OpenPGP message that every recipient can open, bound to the file it is for.
 *
 * @throws For all recipients at once: `NO_PUBLIC_KEY`, `KEY_MISNAMED`, `KEY_INVALID` for a key that is not of version 4,
 *   `KEY_UNUSABLE` for one that is expired or revoked.
 */
export async function wrapDataKey(
  dataKey: Uint8Array,
  { bound, trust, date, random }: { bound: Bound; trust: Trust; date: Date; random: Random },
): Promise<string[]> {
  const { createMessage, encrypt } = await openpgp();
  const { keys, when } = await recipientKeys(bound.recipients, { trust, date });
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
  { keyring, trust, file }: { keyring: Keyring; trust: Trust; file: string },
): Promise<Uint8Array> {
  const { recipients, message } = document.keys;
  if (!recipients.includes(keyring.fingerprint))
    throw notRecipient(keyring, { file, scope: document.scope, others: await describeKeys(recipients, trust) });
  const text = Buffer.from(await keyring.decrypt(`${message.join("\n")}\n`)).toString();
  const dataKey = Buffer.from(/"key":"([A-Za-z0-9_-]{43})"\}$/.exec(text)?.[1] ?? "", "base64url");
  if (dataKey.length !== DATA_KEY_BYTES || contentOf({ ...document, recipients }, dataKey) !== text)
    throw foreign(file);
  return dataKey;
}

function contentOf({ id, scope, recipients }: Bound, dataKey: Uint8Array): string {
  return JSON.stringify({ format: "state/1", id, scope, recipients, key: Buffer.from(dataKey).toString("base64url") });
}

function notRecipient(
  { fingerprint, userId }: Keyring,
  { file, scope, others }: { readonly file: string; readonly scope: string; readonly others: string },
): FacsimileError {
  const message = `your key ${fingerprint} (${userId}) is not among the recipients of ${file}`;
  return new FacsimileError("NOT_A_RECIPIENT", message, {
    hint: `These can open it: ${others}\nLet one of them run: facs recipients add ${fingerprint} --scope ${scope}\nIt takes your public key from keys/, where facs init puts it: commit and push it first.`,
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
