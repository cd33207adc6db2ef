import { isFacsimileError, type ProjectName, parseInstance } from "@facsimile/core";
import { findConglomerate, scopeOf } from "@facsimile/definitions";
import type { Trust } from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { trustOf } from "../people/trust.ts";

/** Whose signature on a release of an instance counts. */
export interface Trusting {
  readonly trust: Trust;
  /** What a signer must be trusted for; undefined where no definition names the instance any more. */
  readonly scope: string | undefined;
}

/** @throws what `trustOf` throws */
export async function trustingFor(name: string, context: PipelineContext): Promise<Trusting> {
  const scope = await scopeIn(name, context).catch((error: unknown) => {
    // Releases outlive the definitions that they were made from, and those may be broken just now.
    if (!isFacsimileError(error)) throw error;
    return undefined;
  });
  return { trust: await trustOf({ scope: scope ?? parseInstance(name).parts[0] }, context), scope };
}

/** @throws `BAD_NAME`, `UNKNOWN_INSTANCE`, `UNKNOWN_PROJECT`; what is wrong with what the definition says of its scope */
export async function scopeIn(
  name: string,
  { root, env, project }: Pick<PipelineContext, "root" | "env"> & { readonly project?: ProjectName | undefined },
): Promise<string> {
  return scopeOf(await findConglomerate(root), { instance: parseInstance(name), env, project });
}
