import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import { createFile, replaceFile } from "../store/files.ts";
import { fingerprintOf, openpgp } from "./pgp.ts";

export interface GeneratedKey {
  /** Armored, not protected by a passphrase. */
  readonly privateKey: string;
  /** Armored; safe to publish. */
  readonly publicKey: string;
  /** 40 upper-case hex digits. */
  readonly fingerprint: string;
}

/** Makes an operator's key: version 4, Ed25519 to sign and X25519 to decrypt, as GnuPG 2.2 and later import it; it never expires. */
export async function generateKey(owner: {
  readonly name: string;
  readonly email?: string | undefined;
  readonly date: Date;
}): Promise<GeneratedKey> {
  const { generateKey: generate } = await openpgp();
  const userID = { name: owner.name, ...(owner.email === undefined ? {} : { email: owner.email }) };
  const { privateKey, publicKey } = await generate({
    type: "ecc",
    curve: "curve25519Legacy",
    userIDs: [userID],
    date: owner.date,
    format: "object",
  });
  return { privateKey: privateKey.armor(), publicKey: publicKey.armor(), fingerprint: fingerprintOf(publicKey) };
}

/**
 * Keeps a private key as `key.asc` (0600) in the user's configuration, where {@link openKeyring} finds it.
 *
 * @throws `KEY_EXISTS` when there is one already: it is never replaced, state may depend on it.
 */
export async function installKey(key: GeneratedKey, { configDir }: { readonly configDir: string }): Promise<void> {
  const file = path.join(configDir, "key.asc");
  if (await createFile(file, key.privateKey)) return;
  throw new FacsimileError("KEY_EXISTS", `${file} exists already and was left as it is`, {
    hint: "Use that key, or move the file away first; state that only it can open is lost without it.",
  });
}

/** Puts a public key into the conglomerate as `keys/<FINGERPRINT>.asc`. `root`: the folder that holds `keys/`. */
export async function publishKey(
  key: Pick<GeneratedKey, "publicKey" | "fingerprint">,
  { root }: { readonly root: string },
): Promise<void> {
  await replaceFile(path.join(root, "keys", `${key.fingerprint}.asc`), Buffer.from(key.publicKey), { mode: 0o644 });
}
