import path from "node:path";
import { type Environment, FacsimileError, isFacsimileError } from "@facsimile/core";
import { Shape } from "../format/shape.ts";
import { FINGERPRINT, fingerprintOf, readPublicKey } from "../keys/pgp.ts";
import { readIfThere } from "../store/files.ts";
import { updateFile } from "../store/update.ts";
import type { Memory, SealedFile } from "./memory.ts";
import { readSigners } from "./signers.ts";

/** Whose signatures count, and the public keys of a conglomerate. */
export interface Trust {
  /** Fingerprint → the scopes that it may sign; a pinned root signs all. */
  readonly signers: ReadonlyMap<string, "all" | readonly string[]>;
  /**
   * The armored public key in `keys/<FINGERPRINT>.asc`, of anybody: having a key there is not being trusted.
   *
   * @throws `NO_PUBLIC_KEY`; `KEY_MISNAMED` when the file holds another key than its name says.
   */
  keyOf(fingerprint: string): Promise<string>;
  /** `keys/signers.json` as it was read; {@link confirmSeal} remembers it. */
  readonly list: SealedFile | undefined;
}

export interface TrustOptions {
  readonly configDir: string;
  /** `FACS_TRUSTED_SIGNERS`: fingerprints, with blanks or commas between; where set, it is used instead of `trust.json`. */
  readonly env: Environment;
  /** The folder that holds `keys/`. */
  readonly root: string;
  /** With it, a list of signers older than the one remembered is refused. */
  readonly memory?: Memory | undefined;
}

/** A pinned root in `trust.json`. */
interface Root {
  readonly name: string;
  readonly added: string;
}

/**
 * The user's pinned roots, and the signers whom a root listed in `keys/signers.json`.
 *
 * @throws `TRUST_INVALID`, `TRUST_NEWER`, `SIGNERS_INVALID`, `SIGNERS_NEWER`; what {@link verifyDetached} throws for the
 *   list; `STATE_ROLLED_BACK` for an older list.
 */
export async function trustedSigners({ configDir, env, root, memory }: TrustOptions): Promise<Trust> {
  const pinned = fromEnvironment(env) ?? [...(await readRoots(configDir)).keys()];
  const roots: Trust = {
    signers: new Map(pinned.map((name) => [name, "all"])),
    keyOf: (name) => readKeyFile(root, name),
    list: undefined,
  };
  const listed = await readSigners({ root, roots, memory });
  return listed === undefined
    ? roots
    : { ...roots, list: listed.file, signers: new Map([...listed.signers, ...roots.signers]) };
}

/** Pins a root in the user's `trust.json`. Ask a person first: whoever is pinned can write every state. */
export async function pinRoot(
  root: { readonly fingerprint: string; readonly name: string },
  { configDir, now }: { readonly configDir: string; readonly now: () => Date },
): Promise<void> {
  const file = trustFile(configDir);
  await updateFile(file, (bytes) => {
    const roots = parseRoots(bytes, file);
    if (roots.has(root.fingerprint)) return undefined;
    const added = new Map([...roots, [root.fingerprint, { name: root.name, added: now().toISOString() }]]);
    const text = JSON.stringify({ facsimile: "trust/1", roots: Object.fromEntries(added) }, null, 2);
    return Buffer.from(`${text}\n`);
  });
}

function trustFile(configDir: string): string {
  return path.join(configDir, "trust.json");
}

async function readRoots(configDir: string): Promise<Map<string, Root>> {
  const file = trustFile(configDir);
  return parseRoots(await readIfThere(file), file);
}

function parseRoots(bytes: Uint8Array | undefined, file: string): Map<string, Root> {
  if (bytes === undefined) return new Map();
  const roots = Shape.parse(bytes, { file, format: "trust", version: 1 }).field("roots");
  return roots.map((entry, name) => {
    if (!FINGERPRINT.test(name)) throw entry.unfit("named by a fingerprint of 40 upper-case hex digits");
    return { name: entry.field("name").text(), added: entry.field("added").text() };
  });
}

function fromEnvironment(env: Environment): string[] | undefined {
  const words = env["FACS_TRUSTED_SIGNERS"]?.split(/[\s,]+/).filter((word) => word !== "") ?? [];
  if (words.length === 0) return undefined;
  const wrong = words.find((word) => !FINGERPRINT.test(word.toUpperCase()));
  if (wrong === undefined) return words.map((word) => word.toUpperCase());
  throw new FacsimileError(
    "TRUST_INVALID",
    `FACS_TRUSTED_SIGNERS: ${JSON.stringify(wrong)} is not a fingerprint of 40 hex digits`,
    {
      hint: "gpg --fingerprint shows it; write it without blanks. Short key ids can be forged.",
    },
  );
}

async function readKeyFile(root: string, fingerprint: string): Promise<string> {
  const name = `keys/${fingerprint}.asc`;
  if (!FINGERPRINT.test(fingerprint))
    throw noPublicKey(name, "is not named by a fingerprint of 40 upper-case hex digits");
  const bytes = await readIfThere(path.join(root, name));
  if (bytes === undefined) throw noPublicKey(name, "does not exist");
  const key = await readPublicKey(bytes.toString()).catch((cause: Error) => {
    throw isFacsimileError(cause) ? cause : noPublicKey(name, "is not an armored public key");
  });
  if (fingerprintOf(key) === fingerprint) return bytes.toString();
  throw new FacsimileError("KEY_MISNAMED", `${name} holds another key, ${fingerprintOf(key)}`, {
    hint: "Find out who put it there. Replace it by the right key, or name it by its own fingerprint.",
  });
}

function noPublicKey(name: string, what: string): FacsimileError {
  return new FacsimileError("NO_PUBLIC_KEY", `${name} ${what}`, {
    hint: "Its owner can export it with: gpg --armor --export FINGERPRINT (facs init writes the operator's).",
  });
}
