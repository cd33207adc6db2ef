import path from "node:path";
import { compareBytes, FacsimileError, sha256, throwProblems } from "@facsimile/core";
import { Shape } from "../format/shape.ts";
import { FINGERPRINT } from "../keys/pgp.ts";
import { placeOf, readIfThere } from "../store/files.ts";
import { judge, type Memory, type SealedFile } from "./memory.ts";
import { verifyDetached } from "./signature.ts";
import type { Scopes, Trust } from "./trust.ts";

export const SIGNERS_NAME = "keys/signers.json";

/** The list of signers, verified. */
export interface Listed {
  readonly signers: ReadonlyMap<string, Scopes>;
  readonly file: SealedFile;
  /** The root who signed it. */
  readonly signedBy: string;
  /** The one signature that is over these bytes. */
  readonly signature: string;
}

interface ReadOptions {
  /** The folder that holds `keys/`. */
  readonly root: string;
  readonly roots: Trust;
  readonly memory?: Memory | undefined;
  readonly acceptRollback?: boolean | undefined;
}

/** Reads `keys/signers.json`, which a pinned root must have signed (`signers.json.asc`). `undefined`: there is none. */
export async function readSigners(options: ReadOptions): Promise<Listed | undefined> {
  const { root, roots, memory, acceptRollback = false } = options;
  const file = signersFile(root);
  // Before the list: what somebody else confirms in between is newer than what is remembered here, and never older.
  const remembered = acceptRollback ? undefined : await memory?.read();
  const bytes = await readIfThere(file);
  // Without a root nobody can vouch for the list; files are then refused for their signer.
  if (bytes === undefined || roots.signers.size === 0) return undefined;
  const signed = await verifyList({ bytes, root, roots });
  const listed = { ...parseSigners(bytes, await placeOf(file)), ...signed };
  if (remembered !== undefined)
    throwProblems([judge(remembered, listed.file)].filter((problem) => problem !== undefined));
  return listed;
}

/**
 * Who of `roots` signed the list. While a list is replaced, its `.asc` holds a signature over each of the two, the new
 * one first, so that at no moment a list lies there without its own.
 */
export async function verifyList({
  bytes,
  root,
  roots,
}: {
  readonly bytes: Uint8Array;
  readonly root: string;
  readonly roots: Trust;
}): Promise<Pick<Listed, "signedBy" | "signature">> {
  const text = (await readIfThere(`${signersFile(root)}.asc`))?.toString();
  if (text === undefined) throw unsigned();
  const [first = text, second] = text.match(ARMORED) ?? [];
  const verify = async (signature: string) => {
    const { signer } = await verifyDetached({ bytes, signature, trust: roots, name: SIGNERS_NAME });
    return { signedBy: signer, signature };
  };
  return verify(first).catch(async (problem: unknown) => {
    if (second === undefined) throw problem;
    return verify(second).catch(() => {
      throw problem;
    });
  });
}

const ARMORED = /^-----BEGIN PGP SIGNATURE-----$[\s\S]*?^-----END PGP SIGNATURE-----$\n?/gm;

/** The one text that we write for a list. */
export function formatSigners({
  id,
  serial,
  signers,
}: Pick<SealedFile, "id" | "serial"> & Pick<Listed, "signers">): Uint8Array {
  const entries = [...signers].sort(([a], [b]) => compareBytes(a, b));
  const listed = entries.map(([name, scopes]) => [name, { scopes: scopes === "all" ? ["*"] : scopes }] as const);
  const content = { facsimile: "signers/1", id, serial, signers: Object.fromEntries(listed) };
  return Buffer.from(`${JSON.stringify(content, null, 2)}\n`);
}

/** @throws `SIGNERS_INVALID`, `SIGNERS_NEWER` */
export function parseSigners(bytes: Uint8Array, place: string): Pick<Listed, "signers" | "file"> {
  const shape = Shape.parse(bytes, { file: SIGNERS_NAME, format: "signers", version: 1 });
  const signers = shape.field("signers").map((entry, fingerprint) => {
    if (!FINGERPRINT.test(fingerprint)) throw entry.unfit("named by a fingerprint of 40 upper-case hex digits");
    const scopes = entry.field("scopes").list((scope) => scope.text());
    return scopes.includes("*") ? "all" : scopes;
  });
  const id = shape.field("id").text(/^[0-9a-f]{32}$/, "32 hex digits");
  const serial = shape.field("serial").count(1);
  return { signers, file: { place, name: SIGNERS_NAME, id, serial, digest: sha256(bytes) } };
}

/** `root`: the folder that holds `keys/`. */
export function signersFile(root: string): string {
  return path.join(root, "keys", "signers.json");
}

function unsigned(): FacsimileError {
  return new FacsimileError("BAD_SIGNATURE", `${SIGNERS_NAME}: its signature ${SIGNERS_NAME}.asc is missing`, {
    hint: "A root signs the list. Restore both files from git; nothing was used.",
  });
}
