import type { KeyPath } from "@facsimile/core";
import { isList, isMap, sameValue, type Value, type ValueMap } from "../value.ts";

/**
 * The smallest thing that an edit does to a text. `path` is that of the value in question: what is there is replaced or
 * removed, what is not is inserted: into a map at its end, into a list before the item that has this index now. Nothing
 * is inserted into an empty map or list: that is replaced.
 */
export type Step =
  | { readonly kind: "replace" | "insert"; readonly path: KeyPath; readonly value: Value }
  | { readonly kind: "remove"; readonly path: KeyPath };

export interface Difference {
  readonly path: KeyPath;
  readonly wanted: Value;
}

/** What makes `wanted` of a value, in an order in which each step finds its path; what is equal is left alone. */
export function stepsTo(value: Value, { path, wanted }: Difference): readonly Step[] {
  if (sameValue(value, wanted)) return [];
  if (isMap(value) && isMap(wanted) && Object.keys(value).length > 0) return mapSteps(value, { path, wanted });
  if (isList(value) && isList(wanted) && value.length > 0) return listSteps(value, { path, wanted });
  return [{ kind: "replace", path, value: wanted }];
}

function mapSteps(value: ValueMap, { path, wanted }: { path: KeyPath; wanted: ValueMap }): readonly Step[] {
  const keys = Object.keys(wanted);
  const changed = keys.flatMap((key) =>
    Object.hasOwn(value, key)
      ? stepsTo(value[key] as Value, { path: [...path, key], wanted: wanted[key] as Value })
      : [{ kind: "insert", path: [...path, key], value: wanted[key] as Value } as const],
  );
  const gone = Object.keys(value).filter((key) => !Object.hasOwn(wanted, key));
  return [...changed, ...gone.map((key) => ({ kind: "remove", path: [...path, key] }) as const)];
}

/** Items that are equal at both ends stay; those between are paired, and the rest comes or goes. */
function listSteps(
  value: readonly Value[],
  { path, wanted }: { path: KeyPath; wanted: readonly Value[] },
): readonly Step[] {
  const shorter = Math.min(value.length, wanted.length);
  let head = 0;
  while (head < shorter && sameValue(value[head], wanted[head])) head++;
  let tail = 0;
  while (tail < shorter - head && sameValue(value.at(-1 - tail), wanted.at(-1 - tail))) tail++;

  const [from, to] = [shorter - tail, value.length - tail];
  const at = (index: number) => [...path, String(index)];
  const paired = value
    .slice(head, from)
    .flatMap((item, nth) => stepsTo(item, { path: at(head + nth), wanted: wanted[head + nth] as Value }));
  const added = wanted
    .slice(from, wanted.length - tail)
    .map((item, nth) => ({ kind: "insert", path: at(from + nth), value: item }) as const);
  const gone = value.slice(from, to).map((_, nth) => ({ kind: "remove", path: at(to - 1 - nth) }) as const);
  return [...paired, ...added, ...gone];
}
