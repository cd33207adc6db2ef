import type { Environment, KeyPath, Position } from "@facsimile/core";
import { leavesOf } from "../compare/leaves.ts";
import type { LayerText } from "../layers/roots.ts";
import { stepsFor, type Viewer } from "../layers/views.ts";
import { assemble } from "../merge/assemble.ts";
import { type Origin, originOf, sets } from "../merge/origin.ts";
import type { Step } from "../merge/steps.ts";
import { sameValue, type Value, valueAt } from "../value.ts";

/** Where something is written. */
export interface Place {
  /** The layer's name. */
  readonly layer: string;
  /** The view block in it, `@host:db1.eu`. */
  readonly view: string | undefined;
  /** Undefined where no file holds it. */
  readonly position: Position | undefined;
}

/** A value of the edit that has no effect, and the stronger place that says otherwise. */
export interface Hidden {
  readonly path: KeyPath;
  readonly by: Place;
}

/** What is seen of an edit of what an instance is, for one project or for all. */
export interface Sight {
  /** The controller or a host sees another value than before. */
  readonly isSeen: boolean;
  /** From all of them, or from some. */
  readonly hidden: readonly Hidden[];
  /** What says the same already. */
  readonly sameAs: Place | undefined;
  /** The view block of the edit, where no host is in it. */
  readonly idleView: string | undefined;
}

export interface Sides<T> {
  readonly before: T;
  readonly after: T;
}

export interface SightOptions {
  /** The edited one. */
  readonly layer: LayerText;
  readonly viewers: readonly Viewer[];
  readonly env: Environment;
}

/** Compares what everybody sees before and after. */
export function sightOf(sides: Sides<readonly Step[]>, { layer, viewers, env }: SightOptions): Sight {
  const isOwn = (step: Step) => isStepOf(step, layer);
  const changes = changedBy(sides, isOwn);
  const looks = choices(sides, viewers).map((steps) => lookAt(steps, { changes, isOwn, env }));
  const told = looks.flatMap(({ unseen }) => unseen);
  return {
    isSeen: looks.some(({ isSeen }) => isSeen),
    hidden: distinct(told.flatMap(({ path, hiddenBy }) => (hiddenBy === undefined ? [] : { path, by: hiddenBy }))),
    sameAs: told.find(({ sameAs }) => sameAs !== undefined)?.sameAs,
    idleView: looks.some(({ isConcerned }) => isConcerned) ? undefined : changes[0]?.view,
  };
}

/** Whether the step says something that the layer says. */
export function isStepOf({ layer: { source, at } }: Pick<Step, "layer">, layer: LayerText): boolean {
  return source?.file === layer.source.file && sameValue(at, layer.at);
}

/** One value that the layer says otherwise than before, by its name in the result. */
interface Change {
  readonly view: string | undefined;
  readonly path: KeyPath;
}

function changedBy({ before, after }: Sides<readonly Step[]>, isOwn: (step: Step) => boolean): readonly Change[] {
  const [old, fresh] = [before, after].map((steps) => said(steps.filter(isOwn))) as [Said, Said];
  const changed = [...old, ...fresh].filter(([id]) => !sameValue(old.get(id)?.value, fresh.get(id)?.value));
  return [...new Map(changed).values()].map(({ view, path }) => ({ view, path: withoutDirective(path) }));
}

type Said = ReadonlyMap<string, Change & { readonly value: Value }>;

function said(steps: readonly Step[]): Said {
  const all = steps.flatMap((step) => leavesOf(step.values).map((leaf) => ({ view: nameOf(step), ...leaf })));
  return new Map(all.map((each) => [JSON.stringify([each.view, each.path]), each]));
}

function withoutDirective(path: KeyPath): KeyPath {
  const end = path.findIndex((key) => key.startsWith("$"));
  return end < 0 ? path : path.slice(0, end);
}

function nameOf({ view }: Step): string | undefined {
  return view === undefined ? undefined : `@${view.kind}:${view.name}`;
}

/** What the controller and each kind of host see, before and after. */
function choices({ before, after }: Sides<readonly Step[]>, viewers: readonly Viewer[]) {
  const found = new Map<string, Sides<readonly Step[]>>();
  for (const viewer of viewers) {
    const seen = { before: stepsFor(before, viewer), after: stepsFor(after, viewer) };
    const id = [seen.before.map((step) => before.indexOf(step)), seen.after.map((step) => after.indexOf(step))];
    found.set(JSON.stringify(id), seen);
  }
  return [...found.values()];
}

interface LookOptions {
  readonly changes: readonly Change[];
  readonly isOwn: (step: Step) => boolean;
  readonly env: Environment;
}

interface Look {
  readonly isSeen: boolean;
  /** A change is for the one who looks. */
  readonly isConcerned: boolean;
  readonly unseen: readonly Unseen[];
}

interface Unseen {
  readonly path: KeyPath;
  readonly hiddenBy?: Place | undefined;
  readonly sameAs?: Place | undefined;
}

function lookAt(steps: Sides<readonly Step[]>, { changes, isOwn, env }: LookOptions): Look {
  const silent = { env, onProblem: () => undefined, onWarning: () => undefined };
  const [old, fresh] = [steps.before, steps.after].map((side) => assemble(side, silent));
  const concerned = changes.flatMap((change) => concernedBy(change, { steps, isOwn }) ?? []);
  const same = concerned.filter(({ path }) => sameValue(valueAt(old, path), valueAt(fresh, path)));
  return {
    isSeen: !sameValue(old, fresh),
    isConcerned: concerned.length > 0,
    unseen: same.map(({ path, seen, index }) => unseenAt(path, { seen, index, steps })),
  };
}

/** The steps in which the layer says the changed value, before where it does not any more; undefined where none does. */
function concernedBy(
  { view, path }: Change,
  { steps: { before, after }, isOwn }: { steps: Sides<readonly Step[]>; isOwn: (step: Step) => boolean },
) {
  for (const seen of [after, before]) {
    const index = seen.findLastIndex((step) => isOwn(step) && nameOf(step) === view && sets(step.values, path));
    if (index >= 0) return { path, seen, index };
  }
  return undefined;
}

interface Unseeing {
  readonly seen: readonly Step[];
  /** Of the layer. */
  readonly index: number;
  readonly steps: Sides<readonly Step[]>;
}

function unseenAt(path: KeyPath, { seen, index, steps }: Unseeing): Unseen {
  const isStronger = seen.slice(index + 1).some(({ values }) => sets(values, path));
  if (isStronger) return { path, hiddenBy: placeOf(originOf(seen, path)) };
  // What the layer says now is what it overrides; what it says no more, somebody else says.
  const origin = originOf(steps.after, path);
  return { path, sameAs: placeOf(seen === steps.after ? origin?.overrode[0] : origin) };
}

function placeOf(origin: Origin | undefined): Place | undefined {
  return origin && { layer: origin.layer, view: origin.view, position: origin.position };
}

function distinct(hidden: readonly Hidden[]): readonly Hidden[] {
  return [...new Map(hidden.map((each) => [JSON.stringify(each), each])).values()];
}
