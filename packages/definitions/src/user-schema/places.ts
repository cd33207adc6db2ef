import type { KeyPath } from "@facsimile/core";
import { entryOf, isSecretRef, type Value } from "../value.ts";

/** Every path in `value` that the pattern means; `*` in it stands for every key or item. */
export function placesOf(value: Value | undefined, pattern: KeyPath): readonly KeyPath[] {
  const [key, ...rest] = pattern;
  if (value === undefined) return [];
  if (key === undefined) return [[]];
  const keys =
    key === "*" && typeof value === "object" && value !== null && !isSecretRef(value) ? Object.keys(value) : [key];
  return keys.flatMap((each) => placesOf(entryOf(value, each), rest).map((path) => [each, ...path]));
}
