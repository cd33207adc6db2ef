import { type FacsimileError, isFacsimileError } from "@facsimile/core";
import { readPublicKey, userIdOf } from "./keys/pgp.ts";
import { recipientKeys } from "./keys/recipients.ts";
import { verifyFile } from "./open.ts";
import { readScopeFile } from "./store/read-scope.ts";
import { sealedScopes } from "./store/scopes.ts";
import { folderStore } from "./store/store.ts";
import { judge, type Memory } from "./trust/memory.ts";
import type { Trust } from "./trust/trust.ts";

/** Who can open a scope's state, as its signed file says; no private key is needed to know. */
export interface SealedRecipients {
  readonly scope: string;
  /** `state/production.json` */
  readonly file: string;
  /** 0 where the file cannot be taken. */
  readonly serial: number;
  /** Sorted. */
  readonly recipients: readonly string[];
  /** Why the file does not count, or may be an old or a foreign one. */
  readonly problem: FacsimileError | undefined;
}

/** The recipients of every state in a folder, by scope. What is wrong with one file hides no other. */
export async function readRecipients(options: {
  readonly folder: string;
  readonly trust: Trust;
  readonly memory: Memory;
}): Promise<readonly SealedRecipients[]> {
  const scopes = await sealedScopes(options.folder);
  return Promise.all(scopes.map((scope) => readScope(scope, options)));
}

async function readScope(
  scope: string,
  { folder, trust, memory }: { readonly folder: string; readonly trust: Trust; readonly memory: Memory },
): Promise<SealedRecipients> {
  const store = folderStore(folder);
  const name = store.name(scope);
  try {
    const { file, place, remembered } = await readScopeFile(store, scope, memory);
    if (file === undefined) return { scope, file: name, serial: 0, recipients: [], problem: undefined };
    const { id, keys, seal } = await verifyFile(file.bytes, { scope, name, trust });
    const { serial, parents } = seal;
    const problem = judge(remembered, { place, name, id, serial, digest: file.version, parents });
    return { scope, file: name, serial, recipients: keys.recipients, problem };
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    return { scope, file: name, serial: 0, recipients: [], problem: error };
  }
}

/**
 * Whose key it says it is, and why nothing can be encrypted to it, if so: `NO_PUBLIC_KEY`, `KEY_MISNAMED`, `KEY_INVALID`,
 * `KEY_UNUSABLE`.
 */
export async function inspectRecipient(
  fingerprint: string,
  at: { readonly trust: Trust; readonly date: Date },
): Promise<{ readonly userId: string | undefined; readonly problem: FacsimileError | undefined }> {
  const key = await orProblem(at.trust.keyOf(fingerprint).then((armored) => readPublicKey(armored)));
  if (isFacsimileError(key)) return { userId: undefined, problem: key };
  const fit = await orProblem(recipientKeys([fingerprint], at));
  return { userId: userIdOf(key), problem: isFacsimileError(fit) ? fit : undefined };
}

function orProblem<T>(work: Promise<T>): Promise<T | FacsimileError> {
  return work.catch((error: unknown) => {
    if (isFacsimileError(error)) return error;
    throw error;
  });
}
