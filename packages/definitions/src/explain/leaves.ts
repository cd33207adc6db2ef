import { formatPath, type KeyPath } from "@facsimile/core";
import { isBranch, leavesOf } from "../compare/leaves.ts";
import { masked } from "../compare/masked.ts";
import { type Origin, originOf } from "../merge/origin.ts";
import { referencesIn, writtenAt } from "../merge/references.ts";
import { isMap, isSecretRef, nest, sameValue, type Value, type ValueMap, valueAt } from "../value.ts";
import type { ExplainedLeaf, OtherValue, UsedValue } from "./explanation.ts";
import type { Glance, OtherGlance } from "./views.ts";

export interface LeavesOptions {
  readonly glance: Glance;
  /** What others see who see more blocks. */
  readonly others: readonly OtherGlance[];
  readonly path: KeyPath;
  /** Those that the user's schema calls secret. */
  readonly secrets: readonly KeyPath[];
}

/** The value at the path or, of a map, all that lies beneath; what was taken out there; and what only others see. */
export function explainedLeaves(options: LeavesOptions): readonly ExplainedLeaf[] {
  const { glance, others, path } = options;
  const theirs = others.flatMap((other) => present(path, other)).filter((each) => isMissing(each, glance.written));
  const paths = [...present(path, glance), ...gone(path, glance), ...theirs];
  const once = new Map(paths.map((each) => [formatPath(each), each]));
  return [...once.values()].flatMap((each) => explainedLeaf(each, options));
}

/** Where leaves are written at or beneath `path`; `path` itself where nothing is. */
function present(path: KeyPath, { written }: Glance): readonly KeyPath[] {
  const value = valueAt(written, path);
  return isBranch(value) ? leavesOf(nest(path, value) as ValueMap).map((leaf) => leaf.path) : [path];
}

/** What a layer sets beneath `path`, and a stronger one takes out: of a map that is gone, the map. */
function gone(path: KeyPath, { steps, written }: Glance): readonly KeyPath[] {
  if (!isOpen(valueAt(written, path))) return [];
  return steps
    .flatMap(({ values }) => leavesOf(values))
    .map((leaf) => leaf.path.filter((key) => key !== "$replace" && key !== "$literal"))
    .filter((leaf) => path.every((key, depth) => leaf[depth] === key) && !leaf.some((key) => key.startsWith("$")))
    .filter((leaf) => isMissing(leaf, written))
    .map((leaf) => leaf.slice(0, depthOf(leaf, written) + 1));
}

/** Whether nothing stands at `path` or in its place, as the text stands that took the place of a map. */
function isMissing(path: KeyPath, written: ValueMap): boolean {
  const depth = depthOf(path, written);
  return depth < path.length && isOpen(valueAt(written, path.slice(0, depth)));
}

/** A map that more could stand in. */
function isOpen(value: Value | undefined): boolean {
  return isMap(value) && !isSecretRef(value);
}

/** How far `path` leads. */
function depthOf(path: KeyPath, written: ValueMap): number {
  const depth = path.findIndex((_, index) => valueAt(written, path.slice(0, index + 1)) === undefined);
  return depth < 0 ? path.length : depth;
}

function explainedLeaf(path: KeyPath, { glance, others, secrets }: LeavesOptions): readonly ExplainedLeaf[] {
  const { value, origin } = valueSeen(path, { glance, secrets });
  const elsewhere = others.flatMap((other): readonly OtherValue[] => {
    if (sameValue(valueAt(other.values, path), valueAt(glance.values, path))) return [];
    return [{ view: other.view, ...valueSeen(path, { glance: other, secrets }) }];
  });
  if (elsewhere.length === 0 && (origin === undefined || (value === undefined && !everSet(origin)))) return [];
  const uses = referencesIn(valueAt(glance.written, writtenAt(path, glance.written)));
  const used = new Map(uses.map((each) => [formatPath(each), each]));
  return [
    {
      path,
      value,
      origin,
      uses: [...used.values()].map((each): UsedValue => ({ path: each, ...valueSeen(each, { glance, secrets }) })),
      elsewhere,
    },
  ];
}

interface Seeing {
  readonly glance: Glance;
  readonly secrets: readonly KeyPath[];
}

/** The value at `path` and its origin, fit to be shown. */
function valueSeen(path: KeyPath, { glance, secrets }: Seeing): Pick<OtherValue, "value" | "origin"> {
  const { steps, written, values } = glance;
  const value = valueAt(values, path);
  const origin = originOf(steps, writtenAt(path, written));
  const hidden = value && masked(value, { path, secrets, written: (at) => valueAt(written, at) });
  return { value: hidden, origin: origin && shown(origin, { path, secrets }) };
}

function shown(origin: Origin, where: { path: KeyPath; secrets: readonly KeyPath[] }): Origin {
  const hide = (value: Value | undefined) => (value === undefined ? undefined : masked(value, where));
  return {
    ...origin,
    value: hide(origin.value),
    overrode: origin.overrode.map((each) => shown(each, where)),
  };
}

function everSet({ value, overrode }: Origin): boolean {
  return value !== undefined || overrode.some(everSet);
}
