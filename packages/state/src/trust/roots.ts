import path from "node:path";
import { type Environment, FacsimileError } from "@facsimile/core";
import { Shape } from "../format/shape.ts";
import { FINGERPRINT } from "../keys/pgp.ts";
import { readIfThere } from "../store/files.ts";
import { updateFile } from "../store/update.ts";

/** A pinned root, as the user confirmed it; where the environment pins, nothing more than the fingerprint is known. */
export interface Root {
  readonly name?: string;
  /** ISO 8601. */
  readonly added?: string;
}

export interface PinnedRoots {
  readonly origin: "trust.json" | "FACS_TRUSTED_SIGNERS";
  readonly roots: ReadonlyMap<string, Root>;
}

/** Those in `FACS_TRUSTED_SIGNERS`, or where that is not set those in `trust.json`. @throws `TRUST_INVALID`, `TRUST_NEWER` */
export async function pinnedRoots({
  configDir,
  env,
}: {
  readonly configDir: string;
  readonly env: Environment;
}): Promise<PinnedRoots> {
  const named = fromEnvironment(env);
  if (named === undefined) return { origin: "trust.json", roots: await readRoots(configDir) };
  return { origin: "FACS_TRUSTED_SIGNERS", roots: new Map(named.map((name) => [name, {}])) };
}

/** Pins a root in the user's `trust.json`. Ask a person first: whoever is pinned can write every state. */
export async function pinRoot(
  root: { readonly fingerprint: string; readonly name: string },
  { configDir, now }: { readonly configDir: string; readonly now: () => Date },
): Promise<void> {
  await changeRoots(configDir, (roots) =>
    roots.has(root.fingerprint)
      ? roots
      : new Map([...roots, [root.fingerprint, { name: root.name, added: now().toISOString() }]]),
  );
}

/** Takes a root out of the user's `trust.json`; from now on what it signs is refused, unless the list of signers has it. */
export async function unpinRoot(fingerprint: string, { configDir }: { readonly configDir: string }): Promise<void> {
  await changeRoots(configDir, (roots) =>
    roots.has(fingerprint) ? new Map([...roots].filter(([name]) => name !== fingerprint)) : roots,
  );
}

type Roots = ReadonlyMap<string, Required<Root>>;

async function changeRoots(configDir: string, change: (roots: Roots) => Roots): Promise<void> {
  const file = trustFile(configDir);
  await updateFile(file, (bytes) => {
    const roots = parseRoots(bytes, file);
    const changed = change(roots);
    if (changed === roots) return undefined;
    const text = JSON.stringify({ facsimile: "trust/1", roots: Object.fromEntries(changed) }, null, 2);
    return Buffer.from(`${text}\n`);
  });
}

function trustFile(configDir: string): string {
  return path.join(configDir, "trust.json");
}

async function readRoots(configDir: string): Promise<Roots> {
  const file = trustFile(configDir);
  return parseRoots(await readIfThere(file), file);
}

function parseRoots(bytes: Uint8Array | undefined, file: string): Roots {
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
