import { didYouMean, type FacsimileError, formatPath, type KeyPath } from "@facsimile/core";
import { assemble } from "./assemble.ts";
import type { Link } from "./chain.ts";
import type { Conglomerate } from "./conglomerate.ts";
import { type InstanceChain, instanceChain, stepsIn } from "./instance-chain.ts";
import { isBranch, leavesOf } from "./leaves.ts";
import { masked } from "./masked.ts";
import { type Origin, originOf, sets } from "./origin.ts";
import type { Root } from "./roots.ts";
import type { Step } from "./steps.ts";
import type { ResolveOptions } from "./types.ts";
import { isMap, nest, type Value, type ValueMap, valueAt } from "./value.ts";
import { type ViewerNames, viewerOf } from "./viewer.ts";
import { stepsFor } from "./views.ts";

export interface ExplainOptions extends ResolveOptions, ViewerNames {
  /** What to explain: a value, or all that lies beneath it. Default: everything. */
  readonly path?: KeyPath | undefined;
}

/** Where values come from. Secrets that stand in clear are hidden. */
export interface Explanation {
  /** Empty where nothing was ever set at the path. */
  readonly leaves: readonly ExplainedLeaf[];
  /** What the path may have been meant to be, where there are no leaves. */
  readonly near: string | undefined;
  /** Every place where a layer was looked for, weakest first. */
  readonly layers: readonly LookedAt[];
  /** What is wrong with the layers so far; the whole is not checked. */
  readonly problems: readonly FacsimileError[];
}

export interface ExplainedLeaf {
  readonly path: KeyPath;
  /** After interpolation; undefined where the last layer took it out. */
  readonly value: Value | undefined;
  readonly origin: Origin;
}

export interface LookedAt {
  /** `define/staging.json5`, `defaults`, `--set x=1`. */
  readonly name: string;
  readonly found: boolean;
  /** The view blocks of it that apply: `@host:db1.eu`. */
  readonly views: readonly string[];
  /** It, or one of its views, sets the path. */
  readonly sets: boolean;
}

/**
 * Says of a value, or of all values beneath a path, which layer set it and what that overrode. Nothing is checked against
 * the schema, so that a definition that is wrong can be explained too.
 *
 * @throws `UNKNOWN_INSTANCE`, `UNKNOWN_PROJECT`, `UNKNOWN_HOST`, `UNKNOWN_TARGET`, `UNKNOWN_REGION`, and what reading the
 *   files throws
 */
export async function explain(conglomerate: Conglomerate, options: ExplainOptions): Promise<Explanation> {
  const { path = [], system = "linux", env = {} } = options;
  const problems: FacsimileError[] = [];
  const onProblem = (problem: FacsimileError) => problems.push(problem);
  const chain = instanceChain(conglomerate, options);
  const silent = { env, onProblem: () => undefined, onWarning: () => undefined };
  const { steps: all, user } = stepsIn(chain, { ...silent, onProblem });
  const names = viewerOf(assemble(stepsFor(all, { system }), silent), { ...options, system });
  const steps = stepsFor(all, names);
  const values = assemble(steps, { ...silent, onProblem });
  const leaves = [...leavesAt(values, path), ...gone(values, { steps, path })].flatMap((leaf) =>
    explained(leaf, { steps, secrets: user?.secrets }),
  );
  return {
    leaves,
    near: leaves.length > 0 ? undefined : didYouMean(formatPath(path), pathsIn(values)),
    layers: lookedAt(chain, { steps, path }),
    problems,
  };
}

/** The value at `path` or, of a map, all that lies beneath; a path that holds nothing may have held something. */
function leavesAt(values: ValueMap, path: KeyPath) {
  const value = valueAt(values, path);
  return isBranch(value) ? leavesOf(nest(path, value) as ValueMap) : [{ path, value }];
}

/** What a layer sets beneath `path`, and a stronger one takes out. */
function gone(values: ValueMap, { steps, path }: { steps: readonly Step[]; path: KeyPath }) {
  const found = new Map<string, KeyPath>();
  for (const step of steps) {
    for (const leaf of leavesOf(step.values)) {
      const isBeneath = leaf.path.length > path.length && path.every((key, depth) => leaf.path[depth] === key);
      const isPlain = leaf.path.every((key) => !key.startsWith("$"));
      if (isBeneath && isPlain && valueAt(values, leaf.path) === undefined) found.set(formatPath(leaf.path), leaf.path);
    }
  }
  return [...found.values()].map((each) => ({ path: each, value: undefined }));
}

function explained(
  { path, value }: { path: KeyPath; value: Value | undefined },
  { steps, secrets }: { steps: readonly Step[]; secrets: readonly KeyPath[] | undefined },
): ExplainedLeaf[] {
  const origin = originOf(steps, path);
  if (origin === undefined || (value === undefined && !everSet(origin))) return [];
  const written = (at: KeyPath) => originOf(steps, at)?.value;
  const shown = (each: Value | undefined) =>
    each === undefined ? undefined : masked(each, { path, written, secrets });
  const overrode = origin.overrode.map((each) => ({ ...each, value: shown(each.value) }));
  return [{ path, value: shown(value), origin: { ...origin, value: shown(origin.value), overrode } }];
}

function everSet({ value, overrode }: Origin): boolean {
  return value !== undefined || overrode.some(everSet);
}

function lookedAt(chain: InstanceChain, site: { steps: readonly Step[]; path: KeyPath }): readonly LookedAt[] {
  const links = chain.parts.flatMap(({ root, links: own }) =>
    own.map((link) => ({ ...link, wanted: wanted(root, link) })),
  );
  const linked = new Set(links.flatMap(({ layers }) => layers));
  const others = chain.layers.filter((layer) => !linked.has(layer));
  const [weaker, stronger] = [true, false].map((isWeaker) =>
    others.filter(({ role }) => (role === "defaults") === isWeaker).map(({ name }) => looked(name, site)),
  ) as [LookedAt[], LookedAt[]];
  const modules = [...new Set(chain.written.steps.map(({ layer }) => layer.name))];
  const inLinks = links.flatMap(({ wanted: name, isFound, layers }) =>
    isFound ? layers.map((layer) => looked(layer.name, site)) : [{ name, found: false, views: [], sets: false }],
  );
  return [...weaker, ...modules.map((name) => looked(name, site)), ...inLinks, ...stronger];
}

/** Where a layer would be that is not there. */
function wanted(root: Root, { parts }: Link): string {
  const names = new Set([parts.join("."), parts.at(-1) ?? ""]);
  return [...names].map((name) => root.shown(name)).join(" or ");
}

function looked(name: string, { steps, path }: { steps: readonly Step[]; path: KeyPath }): LookedAt {
  const own = steps.filter(({ layer }) => layer.name === name);
  const views = own.flatMap(({ view }) => (view === undefined ? [] : `@${view.kind}:${view.name}`));
  return { name, found: true, views: [...new Set(views)], sets: own.some(({ values }) => sets(values, path)) };
}

/** Every path that holds something, maps too. */
function pathsIn(values: ValueMap, above: KeyPath = []): readonly string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const path = [...above, key];
    return [formatPath(path), ...(isMap(value) ? pathsIn(value, path) : [])];
  });
}
