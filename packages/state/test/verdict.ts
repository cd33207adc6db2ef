import { readFileSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { isFacsimileError, problemsOf, sha256 } from "@facsimile/core";
import type { StateDocument } from "../src/format/document.ts";
import { parseDocument } from "../src/format/parse-document.ts";
import { serialise, signedBytes } from "../src/format/serialise.ts";
import { type Change, changeState, type Keyring, type OpenOptions, publishKey } from "../src/index.ts";
import { openStateIn } from "../src/open.ts";
import { canonicalSignature } from "../src/trust/signature.ts";
import { create, folder, now, tools, type World, world } from "./world.ts";

const errors = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");
/** Code → exit status, as docs/errors.md has them; a test of the repository compares that table with the command. */
const EXITS = new Map(
  [...errors.matchAll(/^\| `([A-Z0-9_]+)`\s*\|.*\|\s*(\d+|-)\s*\|$/gm)].map(
    ([, code = "", exit = ""]) => [code, exit] as const,
  ),
);

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

/** A state of eight kilobytes and more, with every kind of content, and its file. */
export async function sealedState(w?: World) {
  const { keyring, open, file, ...rest } = w ?? (await world());
  const passwords = Array.from({ length: 30 }, (_, n) => `user${n}`);
  await create({ keyring, open, file, ...rest }, { passwords, uiids: ["workerd.0", "workerd.1"] });
  const set = (kind: "passwd" | "secrets", name: string, instance?: string): Change => ({
    type: "set",
    name: { kind, name, instance },
    value: `value of ${name}`,
  });
  const values = [set("secrets", "db/root"), set("secrets", "user1"), set("passwd", "user1", "dev.dev0")];
  const setting: Change = { type: "setting", name: "data_dir", value: "/srv/data" };
  const state = await changeState(await open(), [...values, setting], { keyring, now });
  const bytes = await fs.readFile(file);
  const document = parseDocument(bytes, state.file);
  return { ...rest, keyring, open, file, state, bytes, text: bytes.toString(), document };
}

/** Another conglomerate of the same people, with a scope of another name. */
export async function elsewhere({ key, configDir }: World): Promise<World> {
  const root = await folder();
  await publishKey(key, { root });
  const [inner, scope] = [await tools({ root, configDir }), "production"];
  const open: World["open"] = (options) => inner.open({ scope, ...options });
  return { root, configDir, key, ...inner, open, file: path.join(root, "state", `${scope}.json`) };
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
