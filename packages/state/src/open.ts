import { FacsimileError, formatPath, throwProblems } from "@facsimile/core";
import type { StateDocument } from "./format/document.ts";
import { parseDocument } from "./format/parse-document.ts";
import { signedBytes } from "./format/serialise.ts";
import { unwrapDataKey } from "./format/wrap.ts";
import type { Keyring } from "./keys/keyring.ts";
import { makeState, type Opened, openLeaves, type State } from "./state.ts";
import { readScopeFile } from "./store/read-scope.ts";
import { folderStore, type Store } from "./store/store.ts";
import { judge, judgeAbsence, type Memory } from "./trust/memory.ts";
import { badSignature, canonicalSignature, verifyDetached } from "./trust/signature.ts";
import type { Trust } from "./trust/trust.ts";

export interface OpenOptions {
  /** See `scopeOf`. */
  readonly scope: string;
  readonly keyring: Keyring;
  readonly trust: Trust;
  readonly memory: Memory;
  /**
   * What for. Default `"write"` (also for deploys): a copy that is older than one seen before, or another one, is
   * refused. `"read"`: it is opened with `warnings`, and cannot be sealed.
   */
  readonly use?: "read" | "write";
  /** Take an older, another or a missing file as it is. Default `false`. */
  readonly acceptRollback?: boolean;
}

/**
 * Opens a scope's state: checks its form, its signer, its place in history and every leaf, in this order. A scope
 * without a file opens empty, with serial 0. Nothing is written.
 *
 * @throws `STATE_INVALID`, `STATE_NEWER`, `STATE_NOT_CANONICAL`, `STATE_WRONG_SCOPE`, `STATE_UNSIGNED`,
 *   `STATE_UNTRUSTED_SIGNER`, `BAD_SIGNATURE`, `STATE_ROLLED_BACK`, `STATE_REPLACED`, `STATE_MISSING`,
 *   `NOT_A_RECIPIENT`, `STATE_FOREIGN_KEY`, `STATE_BAD_LEAF`, `STATE_UNREADABLE`; what the trust throws for keys.
 */
export function openState({ folder, ...options }: OpenOptions & { readonly folder: string }): Promise<State> {
  return openStateIn(folderStore(folder), options);
}

/** {@link openState} from any store. */
export async function openStateIn(store: Store, options: OpenOptions): Promise<State> {
  const { scope, keyring, trust, memory } = options;
  const { file, place, remembered } = await readScopeFile(store, scope, memory);
  const inner = { store, trust, memory, remembered, place };
  const name = store.name(scope);
  if (file === undefined) {
    return makeState(
      scope,
      { ...inner, opened: undefined },
      refusals(judgeAbsence(remembered, { place, name }), options),
    );
  }
  const document = await verifyFile(file.bytes, { name, scope, trust });
  const { id, seal } = document;
  const doubt = judge(remembered, {
    place,
    name,
    id,
    serial: seal.serial,
    digest: file.version,
    parents: seal.parents,
  });
  const warnings = refusals(doubt, options);
  const opened = await decryptFile(document, { name, keyring, trust });
  return makeState(scope, { ...inner, opened: { ...opened, digest: file.version } }, warnings);
}

/** Everything about a file that needs no private key. */
export async function verifyFile(
  bytes: Uint8Array,
  { name, scope, trust }: { readonly name: string; readonly scope: string; readonly trust: Trust },
): Promise<StateDocument> {
  const document = parseDocument(bytes, name);
  if (document.scope !== scope) throw wrongScope(name, document.scope);
  if (document.seal.signature.length === 0) throw unsigned(name, scope);
  const signature = `${document.seal.signature.join("\n")}\n`;
  const { signer } = await verifyDetached({ bytes: signedBytes(document), signature, trust, scope, name });
  if (signer !== document.seal.signer) throw badSignature(name, "it names another signer than the one who signed");
  if ((await canonicalSignature(signature)) !== signature)
    throw badSignature(name, "its signature is not in the form that facs writes");
  refuseSharedUiids(document, name);
  return document;
}

/** Everything that needs the private key: the data key and every leaf. */
export async function decryptFile(
  document: StateDocument,
  { name, keyring, trust }: { readonly name: string; readonly keyring: Keyring; readonly trust: Trust },
): Promise<Omit<Opened, "digest">> {
  const dataKey = await unwrapDataKey(document, { keyring, trust, file: name });
  const { leaves, wrong } = openLeaves(document, { dataKey });
  throwProblems(wrong.map((keys) => badLeaf(name, keys)));
  return { document, dataKey, leaves };
}

function refusals(
  doubt: FacsimileError | undefined,
  { use = "write", acceptRollback = false }: OpenOptions,
): FacsimileError[] {
  if (doubt === undefined || acceptRollback) return [];
  if (use === "write") throw doubt;
  return [doubt];
}

function refuseSharedUiids({ instances }: StateDocument, name: string): void {
  const owners = new Map<number, string>();
  for (const [daemon, { uiid }] of instances) {
    const other = owners.get(uiid);
    if (other !== undefined) throw sharedUiid(name, [other, daemon], uiid);
    owners.set(uiid, daemon);
  }
}

function sharedUiid(name: string, daemons: readonly string[], uiid: number): FacsimileError {
  return new FacsimileError("STATE_INVALID", `${name}: ${daemons.join(" and ")} both have uiid ${uiid}`, {
    hint: "Restore the file from git; nothing was used of it.",
  });
}

function wrongScope(name: string, scope: string): FacsimileError {
  return new FacsimileError("STATE_WRONG_SCOPE", `${name} holds the state of the scope ${JSON.stringify(scope)}`, {
    hint: "It was renamed or copied: restore it from git. Instances share a scope by state.scope in their definitions.",
  });
}

function unsigned(name: string, scope: string): FacsimileError {
  return new FacsimileError("STATE_UNSIGNED", `${name} is not signed, as after a merge; nothing was used of it`, {
    hint: `facs state seal --scope ${scope} checks both sides, shows what comes of them, and signs it.`,
  });
}

function badLeaf(name: string, keys: readonly string[]): FacsimileError {
  return new FacsimileError("STATE_BAD_LEAF", `${name}: the value at ${formatPath(keys)} was not made for this place`, {
    hint: "It was moved, copied or damaged before the file was signed: restore the file from git, and ask its signer.",
  });
}
