import { type FacsimileError, isFacsimileError } from "@facsimile/core";
import { verifyFile } from "../open.ts";
import { readIfThere } from "../store/files.ts";
import { sealedScopes } from "../store/scopes.ts";
import { folderStore } from "../store/store.ts";
import { inspectKey, keyFileName, publishedKeys } from "./public-keys.ts";
import { trustedSigners, trustIn } from "./read-trust.ts";
import { SIGNERS_NAME, signersFile, verifyList } from "./signers.ts";
import type { Trust } from "./trust.ts";

/** Who sealed a state file last, its signature checked; or why that cannot be said. */
export interface Author {
  readonly scope: string;
  /** `state/production.json` */
  readonly file: string;
  readonly signer: string | undefined;
  readonly problem: FacsimileError | undefined;
}

/** The last signer of every state in a folder, by scope. Nothing is decrypted. */
export async function authorsOf({
  folder,
  trust,
}: {
  readonly folder: string;
  readonly trust: Trust;
}): Promise<Author[]> {
  const store = folderStore(folder);
  return Promise.all(
    (await sealedScopes(folder)).map(async (scope): Promise<Author> => {
      const named = { scope, file: store.name(scope) };
      try {
        const read = await store.read(scope);
        const document = read && (await verifyFile(read.bytes, { scope, name: named.file, trust }));
        return { ...named, signer: document?.seal.signer, problem: undefined };
      } catch (error) {
        if (!isFacsimileError(error)) throw error;
        return { ...named, signer: undefined, problem: error };
      }
    }),
  );
}

/** The root that a user without any would have to pin to use a scope. */
export interface RootCandidate {
  readonly fingerprint: string;
  readonly userId: string | undefined;
  /** `keys/<FINGERPRINT>.asc` */
  readonly keyFile: string;
  /** What it signed: `keys/signers.json`, or without a list `state/<scope>.json`. */
  readonly signed: string;
}

/**
 * Finds who would have to be a root for a scope's state to be taken: who signed the list of signers or, without one, the
 * state. It is somebody with a key in `keys/`, whose signature is right; whether to believe it, only the user can say.
 *
 * @param place `folder`: of the state files; `root`: the folder that holds `keys/`.
 * @returns `undefined` when there is neither a list nor a state.
 * @throws As `openState` does before it decrypts; `STATE_UNTRUSTED_SIGNER` when the signer's key is not in `keys/`, and
 *   when not even that root makes the state one to be taken.
 */
export async function findRoot(
  scope: string,
  { folder, root, date }: { readonly folder: string; readonly root: string; readonly date: Date },
): Promise<RootCandidate | undefined> {
  const store = folderStore(folder);
  const [list, state] = await Promise.all([readIfThere(signersFile(root)), store.read(scope)]);
  const anybody = trustIn(root, await publishedKeys(root));
  const name = store.name(scope);
  const verify = async (trust: Trust) => state && verifyFile(state.bytes, { scope, name, trust });
  const fingerprint =
    list === undefined
      ? (await verify(anybody))?.seal.signer
      : (await verifyList({ bytes: list, root, roots: anybody })).signedBy;
  if (fingerprint === undefined) return undefined;
  await verify(await trustedSigners({ root, configDir: "", env: { FACS_TRUSTED_SIGNERS: fingerprint } }));
  const { userId } = await inspectKey(fingerprint, { root, date });
  return { fingerprint, userId, keyFile: keyFileName(fingerprint), signed: list === undefined ? name : SIGNERS_NAME };
}
