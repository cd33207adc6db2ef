import type { KeyPath } from "@facsimile/core";
import type { Definition, Warning } from "../types.ts";
import { entryOf, isMap, sameValue, type Value, type ValueMap } from "../value.ts";
import { idleWarnings, ignoredPaths } from "./compare-ignore.ts";
import { isBranch } from "./leaves.ts";
import { type SensitiveOptions, type Shown, shownAt } from "./masked.ts";
import { covers } from "./path-pattern.ts";

export interface CompareOptions extends SensitiveOptions {
  /** Paths of differences that are expected, beside those that `compare.ignore` declares; `*` stands for one key. */
  readonly ignore?: readonly string[] | undefined;
}

/** One value that is not the same on both sides. */
export interface Difference {
  readonly path: KeyPath;
  /** Undefined where the side does not set it. Secrets are hidden; two hidden sides differ all the same. */
  readonly a: Shown | undefined;
  readonly b: Shown | undefined;
  /** `compare.ignore` of either side covers it. */
  readonly expected: boolean;
}

/** How two definitions differ. */
export interface Comparison {
  /** In the order of `a`; what only `b` has comes last in its map. */
  readonly differences: readonly Difference[];
  readonly counts: {
    /** Values that either side sets. */
    readonly compared: number;
    /** Differences that nobody expected. */
    readonly different: number;
    readonly expected: number;
  };
  /** `COMPARE_IDLE` for each path of `compare.ignore` that covers nothing on either side. */
  readonly warnings: readonly Warning[];
}

/**
 * Compares two definitions leaf by leaf, as they are for what no view changes. The key `compare` says how, and is not
 * compared itself.
 *
 * @throws `INVALID_VALUE` for each path of `compare.ignore` that is none, `BAD_PATH` for one of `options`
 */
export function compareDefinitions(a: Definition, b: Definition, options: CompareOptions = {}): Comparison {
  const pairs = pairsOf(valuesOf(a), valuesOf(b));
  const patterns = ignoredPaths([a, b], options.ignore);
  const differences = pairs
    .filter((pair) => !sameValue(pair.a, pair.b))
    .map(({ path }): Difference => {
      const expected = patterns.some((pattern) => covers(pattern, path));
      return { path, a: shownAt(a, path, options), b: shownAt(b, path, options), expected };
    });
  const expected = differences.filter((each) => each.expected).length;
  return {
    differences,
    counts: { compared: pairs.length, different: differences.length - expected, expected },
    warnings: idleWarnings(
      patterns,
      pairs.map(({ path }) => path),
    ),
  };
}

function valuesOf({ values }: Definition): ValueMap {
  const { compare: _, ...compared } = values;
  return compared as unknown as ValueMap;
}

interface Pair {
  readonly path: KeyPath;
  readonly a: Value | undefined;
  readonly b: Value | undefined;
}

/** The leaves of both, side by side. */
function pairsOf(a: ValueMap, b: ValueMap): readonly Pair[] {
  const pairs: Pair[] = [];
  collect({ path: [], a, b }, pairs);
  return pairs;
}

function collect({ path, a, b }: Pair, pairs: Pair[]): void {
  const keys = [a, b].flatMap((side) => (isMap(side) ? Object.keys(side) : []));
  for (const key of new Set(keys)) {
    const inner = { path: [...path, key], a: entryOf(a, key), b: entryOf(b, key) };
    if (isWalked(inner.a, inner.b)) collect(inner, pairs);
    else pairs.push(inner);
  }
}

/** A map that holds something beside one that holds nothing, or none: what is in it tells the difference. */
function isWalked(a: Value | undefined, b: Value | undefined): boolean {
  return isBranch(a) ? isBranch(b) || isNothing(b) : isBranch(b) && isNothing(a);
}

function isNothing(value: Value | undefined): boolean {
  return value === undefined || (isMap(value) && Object.keys(value).length === 0);
}
