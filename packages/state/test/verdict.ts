import { readFileSync } from "node:fs";
import fs from "node:fs/promises";
import { isFacsimileError, problemsOf, sha256 } from "@facsimile/core";
import { parseDocument, type StateDocument } from "../src/format/document.ts";
import { serialise, signedBytes } from "../src/format/serialise.ts";
import { type Change, changeState, type Keyring, type OpenOptions } from "../src/index.ts";
import { openStateIn } from "../src/open.ts";
import { canonicalSignature } from "../src/trust/signature.ts";
import { create, now, type World, world } from "./world.ts";

/** Code → exit status, as docs/errors.md has them; a test of the repository compares that table with the command. */
const EXITS = new Map(
  [...readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8").matchAll(ROW())].map(
    ([, code = "", exit = ""]) => [code, exit] as const,
  ),
);

function ROW() {
  return /^\| `([A-Z0-9_]+)`\s*\|.*\|\s*(\d+|-)\s*\|$/gm;
}

/** What opening a file with these bytes says: `opened`, or each code with its exit status: `BAD_SIGNATURE 5`. */
export async function verdictOf(
  w: Pick<World, "keyring" | "trust" | "memory" | "file">,
  bytes: Uint8Array | string,
  { name = "state/dev.json", ...options }: Partial<OpenOptions> & { readonly name?: string } = {},
): Promise<string> {
  const file = { bytes: Buffer.from(bytes), version: sha256(bytes) };
  const store = { name: () => name, place: async () => w.file, read: async () => file, write: async () => {} };
  try {
    await openStateIn(store, { scope: "dev", ...w, ...options });
    return "opened";
  } catch (error) {
    return codesOf(error);
  }
}

/** `BAD_SIGNATURE 5`. What is not ours is thrown on: it would be a crash. */
export function codesOf(error: unknown): string {
  if (!isFacsimileError(error)) throw error;
  return [...new Set(problemsOf(error).map(({ code }) => `${code} ${EXITS.get(code)}`))].join();
}

/** Whether it was refused, with exit status 5 for every reason. */
export function isRefused(verdict: string): boolean {
  return verdict.split(",").every((each) => each.endsWith(" 5"));
}

/** A state of a few kilobytes with every kind of content, and its file. */
export async function sealedState(name = "Robin") {
  const w = await world(name);
  await create(w, { passwords: Array.from({ length: 30 }, (_, n) => `user${n}`), uiids: ["workerd.0", "workerd.1"] });
  const value = (kind: "passwd" | "secrets", name: string, instance?: string): Change => ({
    type: "set",
    name: { kind, name, instance },
    value: `value of ${name}`,
  });
  const values = [value("secrets", "db/root"), value("secrets", "user1"), value("passwd", "user1", "dev.dev0")];
  const settings: Change[] = [{ type: "setting", name: "data_dir", value: "/srv/data" }];
  const state = await changeState(await w.open(), [...values, ...settings], { keyring: w.keyring, now });
  const bytes = await fs.readFile(w.file);
  return { ...w, state, bytes, text: bytes.toString(), document: parseDocument(bytes, "state/dev.json") };
}

/** The file with a signature of that key over just what it holds. */
export async function signedBy(
  { sign }: Pick<Keyring, "sign">,
  document: StateDocument,
  { signer = document.seal.signer }: { readonly signer?: string } = {},
): Promise<Buffer> {
  const claimed = { ...document, seal: { ...document.seal, signer } };
  const armored = await canonicalSignature(await sign(signedBytes(claimed)));
  return withSignature(claimed, armored);
}

export function withSignature(document: StateDocument, armored: string): Buffer {
  const signature = armored.trimEnd().split("\n");
  return Buffer.from(serialise({ ...document, seal: { ...document.seal, signature } }));
}
