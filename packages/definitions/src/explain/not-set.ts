import { didYouMean, FacsimileError, formatPath, type KeyPath, meantOr } from "@facsimile/core";
import { leavesOf } from "../compare/leaves.ts";
import type { InstanceValues } from "../types.ts";
import { isMap, isSecretRef, type ValueMap, valueAt } from "../value.ts";

/** More than a person reads. */
const MAX_NAMED = 12;

/**
 * `NOT_SET`: nothing sets `path`, where something was to. The hint is the path that was probably meant, or how it
 * begins, of all that `values` set, else what there is beside it.
 */
export function notSet(
  path: KeyPath,
  { where, values }: { where: string; values: readonly InstanceValues[] },
): FacsimileError {
  const maps = values as unknown as readonly ValueMap[];
  const known = new Set(maps.flatMap(leavesOf).flatMap((leaf) => leaf.path.map((_, i) => formatPath(leaf.path.slice(0, i + 1))))); // biome-ignore format: one line
  const hint = meantOr(didYouMean(formatPath(path), known), besides(path, maps));
  return new FacsimileError("NOT_SET", `${formatPath(path)} is not set in ${where}`, { hint });
}

/** The keys of the innermost map on the way that is there. */
function besides(path: KeyPath, maps: readonly ValueMap[]): string | undefined {
  for (let length = path.length - 1; length >= 0; length--) {
    const outer = path.slice(0, length);
    const keys = new Set(maps.map((map) => valueAt(map, outer)).flatMap(keysOf));
    if (keys.size === 0) continue;
    const near = didYouMean(path[length] ?? "", keys);
    if (near !== undefined && near !== path[length]) return `Did you mean ${formatPath([...outer, near])}?`;
    const named = [...keys].slice(0, MAX_NAMED).map((key) => formatPath([key])).join(", "); // biome-ignore format: one line
    const more = keys.size > MAX_NAMED ? ` and ${keys.size - MAX_NAMED} more` : "";
    return length === 0 ? `There are: ${named}${more}.` : `${formatPath(outer)} has: ${named}${more}.`;
  }
  return undefined;
}

function keysOf(value: unknown): readonly string[] {
  return isMap(value) && !isSecretRef(value) ? Object.keys(value) : [];
}
