import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import { findRoot, openMemory, pinnedRoots, pinRoot, type RootCandidate, type Trust, trustedSigners } from "@facsimile/state"; // biome-ignore format: one line
import type { PipelineContext } from "../context.ts";

/** What trusting is about. */
export interface TrustRequest {
  /** Whose state is to be used; without roots, its signer is the one to ask about. */
  readonly scope: string;
  /** Take an older or another list of signers as it is. Default `false`. */
  readonly acceptRollback?: boolean | undefined;
}

/**
 * Whose signatures count. A user who pinned no root yet is asked about the one that the scope's state depends on, before
 * anything of it is used.
 *
 * @throws `STATE_UNTRUSTED_SIGNER` when there is no root, and nobody to ask or who says yes; what `trustedSigners` and
 *   `findRoot` throw.
 */
export async function trustOf({ scope, acceptRollback }: TrustRequest, context: PipelineContext): Promise<Trust> {
  const { configDir, env, own: root } = context;
  if ((await pinnedRoots({ configDir, env })).roots.size === 0) await firstUse(scope, context);
  return trustedSigners({ configDir, env, root, memory: openMemory({ configDir }), acceptRollback });
}

async function firstUse(scope: string, { own, configDir, now, confirmRoot }: PipelineContext): Promise<void> {
  const candidate = await findRoot(scope, { root: own, folder: path.join(own, "state"), date: now() });
  if (candidate === undefined) return;
  const answer = await confirmRoot?.(candidate);
  if (answer === undefined) throw nobodyTrusted(candidate, "you trust nobody yet");
  if (!answer) throw nobodyTrusted(candidate, "you did not confirm the fingerprint");
  const { fingerprint, userId: name = fingerprint } = candidate;
  await pinRoot({ fingerprint, name }, { configDir, now });
}

function nobodyTrusted({ fingerprint, userId, keyFile, signed }: RootCandidate, why: string): FacsimileError {
  const whose = userId === undefined ? "" : ` It says it belongs to ${JSON.stringify(userId)} (${keyFile}).`;
  return new FacsimileError("STATE_UNTRUSTED_SIGNER", `${signed} is signed by ${fingerprint}, and ${why}`, {
    hint: [
      `Nothing was used of it.${whose}`,
      `If you know this person and have compared the fingerprint: facs trust add --root ${fingerprint}`,
      `In CI, name it in FACS_TRUSTED_SIGNERS: ${fingerprint}`,
    ].join("\n"),
  });
}
