import path from "node:path";
import { FacsimileError, sha256, throwProblems } from "@facsimile/core";
import { Shape } from "../format/shape.ts";
import { FINGERPRINT } from "../keys/pgp.ts";
import { placeOf, readIfThere } from "../store/files.ts";
import { judge, type Memory, type SealedFile } from "./memory.ts";
import { verifyDetached } from "./signature.ts";
import type { Trust } from "./trust.ts";

interface Listed {
  readonly signers: Trust["signers"];
  readonly file: SealedFile;
}

/** Reads `keys/signers.json`, which a pinned root must have signed (`signers.json.asc`). `undefined`: there is none. */
export async function readSigners({
  root,
  roots,
  memory,
}: {
  readonly root: string;
  readonly roots: Trust;
  readonly memory: Memory | undefined;
}): Promise<Listed | undefined> {
  const file = path.join(root, "keys", "signers.json");
  const name = "keys/signers.json";
  const bytes = await readIfThere(file);
  // Without a root nobody can vouch for the list; files are then refused for their signer.
  if (bytes === undefined || roots.signers.size === 0) return undefined;
  const signature = await readIfThere(`${file}.asc`);
  if (signature === undefined) throw unsigned(name);
  await verifyDetached({ bytes, signature: signature.toString(), trust: roots, name });
  const listed = parseSigners(bytes, { name, place: await placeOf(file) });
  if (memory !== undefined)
    throwProblems([judge(await memory.read(), listed.file)].filter((problem) => problem !== undefined));
  return listed;
}

function parseSigners(bytes: Uint8Array, { name, place }: { name: string; place: string }): Listed {
  const shape = Shape.parse(bytes, { file: name, format: "signers", version: 1 });
  const signers = shape.field("signers").map((entry, fingerprint) => {
    if (!FINGERPRINT.test(fingerprint)) throw entry.unfit("named by a fingerprint of 40 upper-case hex digits");
    const scopes = entry.field("scopes").list((scope) => scope.text());
    return scopes.includes("*") ? "all" : scopes;
  });
  const id = shape.field("id").text(/^[0-9a-f]{32}$/, "32 hex digits");
  return { signers, file: { place, name, id, serial: shape.field("serial").count(1), digest: sha256(bytes) } };
}

function unsigned(name: string): FacsimileError {
  return new FacsimileError("BAD_SIGNATURE", `${name}: its signature ${name}.asc is missing`, {
    hint: "A root signs the list. Restore both files from git; nothing was used.",
  });
}
