import { access } from "node:fs/promises";
import path from "node:path";
import { type Environment, type Exec, FacsimileError, isFacsimileError } from "@facsimile/core";
import { createGpg, failed, failureOf, type Gpg, type Said } from "./gpg.ts";
import { chooseKey, type GpgKey, type NoGpgKey } from "./gpg-keys.ts";
import type { Keyring } from "./keyring.ts";
import { fingerprintOf, readPublicKey } from "./pgp.ts";

export interface GnupgOptions {
  readonly env: Environment;
  readonly exec?: Exec | undefined;
  readonly signal?: AbortSignal | undefined;
  /** `FACS_GPG_KEY`. */
  readonly chosen: string | undefined;
}

/** A keyring that leaves the private key with gpg's agent or smart card, or why there is none. */
export async function openGnupg({ env, exec, signal, chosen }: GnupgOptions): Promise<Keyring | NoGpgKey> {
  if (exec === undefined) return { why: "GnuPG was not asked" };
  const home = env["GNUPGHOME"] || (env["HOME"] && path.join(env["HOME"], ".gnupg"));
  // gpg would make the folder, and start an agent in it.
  if (home && !(await isThere(home))) return { why: `GnuPG's folder ${home} does not exist` };
  const gpg = createGpg({ exec, env, signal });
  try {
    const key = await chooseKey(gpg, chosen);
    return "why" in key ? key : keyringOf(key, { gpg, publicKey: await exportKey(key, gpg) });
  } catch (error) {
    if (isFacsimileError(error, "EXEC_NOT_FOUND")) return { why: error.message };
    throw error;
  }
}

function keyringOf(key: GpgKey, { gpg, publicKey }: { gpg: Gpg; publicKey: string }): Keyring {
  const { fingerprint, userId } = key;
  return {
    fingerprint,
    publicKey,
    userId,
    async sign(bytes) {
      // A user's gpg.conf may want texts signed, or with more keys than ours.
      const args = ["--no-textmode", "--armor", "--local-user", fingerprint, "--detach-sign"];
      const said = await gpg(args, { input: bytes });
      const armored = said.stdout.toString();
      const [made, second] = said.status.SIG_CREATED;
      const isWhole = made?.startsWith("D ") && made.split(" ")[3] === "00" && second === undefined;
      if (said.ok && isWhole && armored.startsWith("-----BEGIN PGP SIGNATURE-----")) return armored;
      throw unsigned(key, said);
    },
    async decrypt(armored) {
      const said = await gpg(["--decrypt"], { input: armored });
      // gpg is known to exit with 0 and no output, and to print what it then finds to be damaged.
      const isWhole = said.status.DECRYPTION_OKAY.length > 0 && said.stdout.length > 0;
      if (said.ok && isWhole) return said.stdout;
      throw unopened(key, said);
    },
  };
}

function unsigned({ fingerprint, doubt }: GpgKey, said: Said): FacsimileError {
  const made = said.status.SIG_CREATED.length;
  if (said.ok)
    return failed(`gpg was content, but made ${made} signatures in ${said.stdout.length} bytes; expected one`);
  if (said.status.INV_SGNR.length === 0) return failureOf(said, `gpg did not sign with ${fingerprint}`);
  const why = doubt === undefined ? said.words : `it ${doubt}`;
  return new FacsimileError("KEY_UNUSABLE", `GnuPG's key ${fingerprint} cannot sign: ${why}`, {
    hint: "Prolong the key, or use one that is not expired nor revoked.",
  });
}

function unopened({ fingerprint, userId }: GpgKey, said: Said): FacsimileError {
  if (said.ok) return failed(`gpg was content, but decrypted nothing (${said.stdout.length} bytes)`);
  const wasTried = said.status.ERROR.some((text) => text.startsWith("pkdecrypt_failed"));
  const isForOthers = said.status.DECRYPTION_FAILED.length + said.status.NODATA.length > 0;
  if (wasTried || !isForOthers) return failureOf(said, `gpg did not decrypt with ${fingerprint}`);
  const message = `GnuPG's key ${fingerprint} (${userId}) does not open this message: ${said.words}`;
  return new FacsimileError("NOT_A_RECIPIENT", message);
}

async function exportKey({ fingerprint }: GpgKey, gpg: Gpg): Promise<string> {
  const said = await gpg(["--armor", "--export-options", "export-minimal", "--export", fingerprint]);
  const armored = said.stdout.toString();
  const exported = await readPublicKey(armored).catch(() => undefined);
  if (said.ok && exported !== undefined && fingerprintOf(exported) === fingerprint) return armored;
  throw failed(`gpg did not export the public key ${fingerprint}`, said.words);
}

async function isThere(folder: string): Promise<boolean> {
  return access(folder).then(
    () => true,
    () => false,
  );
}
