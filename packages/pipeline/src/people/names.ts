import { inspectKey } from "@facsimile/state";
import type { PipelineContext } from "../context.ts";

/** A key, and whose it says it is. */
export interface NamedKey {
  readonly fingerprint: string;
  /** Undefined where `keys/` does not have the key. */
  readonly userId: string | undefined;
}

/** Whose keys these are, as those in `keys/` say of themselves. */
export async function namesOf(
  fingerprints: readonly string[],
  { own, now }: Pick<PipelineContext, "own" | "now">,
): Promise<readonly NamedKey[]> {
  return Promise.all(
    fingerprints.map(async (fingerprint) => {
      const { userId } = await inspectKey(fingerprint, { root: own, date: now() });
      return { fingerprint, userId };
    }),
  );
}
