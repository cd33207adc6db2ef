import { type InstanceName, parseInstance } from "@facsimile/core";

/**
 * The scope whose state an instance uses, which is also the name of its file (`state/<scope>.json`).
 *
 * @param wish The definition's `state.scope`: a name shared on purpose, or `"own"` for the full name of the instance.
 *   Default: the first part of the instance, so that `dev.dev0` and `dev.dev1` share `dev`.
 * @throws `BAD_NAME` when the wish is no name.
 */
export function scopeOf(instance: InstanceName, wish?: string): string {
  if (wish === undefined) return instance.parts[0];
  return wish === "own" ? instance.full : parseInstance(wish).full;
}
