import type { KeyPath } from "@facsimile/core";
import { isMap, isSecretRef, type Value, type ValueMap } from "../value.ts";

/** A value that is set, shown and compared as a whole, and its place. */
export interface Leaf {
  readonly path: KeyPath;
  readonly value: Value;
}

/**
 * The leaves of `values`, as its keys stand: scalars, lists (a layer replaces them as a whole), references to secrets, and
 * maps that hold nothing. `values` itself is none.
 */
export function leavesOf(values: ValueMap): readonly Leaf[] {
  const leaves: Leaf[] = [];
  collect(values, { path: [], leaves });
  return leaves;
}

function collect(values: ValueMap, { path, leaves }: { path: KeyPath; leaves: Leaf[] }): void {
  for (const [key, value] of Object.entries(values)) {
    const inner = [...path, key];
    if (isBranch(value)) collect(value, { path: inner, leaves });
    else leaves.push({ path: inner, value });
  }
}

/** A map with something in it: its leaves lie beneath. */
export function isBranch(value: unknown): value is ValueMap {
  return isMap(value) && !isSecretRef(value) && Object.keys(value).length > 0;
}
