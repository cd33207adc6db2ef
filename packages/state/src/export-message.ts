import { FacsimileError, isFacsimileError } from "@facsimile/core";
import type { Keyring } from "./keys/keyring.ts";
import { openpgp, readPublicKey } from "./keys/pgp.ts";
import { describeKeys } from "./keys/recipients.ts";
import type { Trust } from "./trust/trust.ts";

export interface MessageOptions {
  readonly keyring: Keyring;
  readonly trust: Trust;
  /** As messages name it. */
  readonly file: string;
  /** Fingerprints of keys in `keys/`, among which those are looked for that could open it. Default: none. */
  readonly published?: readonly string[] | undefined;
}

/** What an export holds. @throws `EXPORT_INVALID` for something else, or a damaged one; `NOT_A_RECIPIENT`, with who could open it */
export async function decryptExport(armored: string, options: MessageOptions): Promise<Buffer> {
  const { keyring, file } = options;
  const ids = await keyIdsOf(armored);
  if (ids === undefined) throw noExport(file);
  try {
    return Buffer.from(await keyring.decrypt(armored));
  } catch (error) {
    if (!isFacsimileError(error, "NOT_A_RECIPIENT")) throw error;
    const isOurs = await opens(keyring.publicKey, ids);
    throw isOurs ? damaged(file, error) : forOthers(await readersOf(ids, options), { keyring, file, cause: error });
  }
}

/** The ids of the subkeys that it was encrypted to; undefined where it is no such message. */
async function keyIdsOf(armored: string): Promise<readonly string[] | undefined> {
  const { readMessage } = await openpgp();
  const message = await readMessage({ armoredMessage: armored }).catch(() => undefined);
  const ids = message?.getEncryptionKeyIDs().map((id) => id.toHex()) ?? [];
  return ids.length === 0 ? undefined : ids;
}

async function opens(publicKey: string, ids: readonly string[]): Promise<boolean> {
  const own = (await readPublicKey(publicKey)).getKeyIDs().map((id) => id.toHex());
  return own.some((id) => ids.includes(id));
}

async function readersOf(ids: readonly string[], { trust, published = [] }: MessageOptions): Promise<string> {
  const found = await Promise.all(
    published.map(async (name) => {
      const key = await trust.keyOf(name).catch(() => undefined);
      return key !== undefined && (await opens(key, ids).catch(() => false)) ? [name] : [];
    }),
  );
  const readers = found.flat();
  return readers.length === 0
    ? `none of keys/; it is for ${ids.map((id) => id.toUpperCase()).join(", ")}`
    : describeKeys(readers, trust);
}

function forOthers(
  readers: string,
  { keyring: { fingerprint, userId }, file, cause }: Pick<MessageOptions, "keyring" | "file"> & { cause: unknown },
): FacsimileError {
  const message = `your key ${fingerprint} (${userId}) does not open ${file}`;
  const hint = `These keys do: ${readers}\nLet one of them make another: facs state export INSTANCE --to FILE --recipient ${fingerprint}`;
  return new FacsimileError("NOT_A_RECIPIENT", message, { cause, hint });
}

function damaged(file: string, cause: unknown): FacsimileError {
  return new FacsimileError("EXPORT_INVALID", `${file} is for your key, but damaged: it does not open`, {
    cause,
    hint: "Take another copy of it; nothing was used. facs state export INSTANCE --to FILE makes one where the state is.",
  });
}

function noExport(file: string): FacsimileError {
  return new FacsimileError("EXPORT_INVALID", `${file} is no export of a state, or a damaged one: no OpenPGP message`, {
    hint: "facs state export INSTANCE --to FILE makes one. Values of another tool: facs secrets import INSTANCE --from FILE",
  });
}
