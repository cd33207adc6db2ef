import type { KeyPath } from "@facsimile/core";
import type { Step } from "../merge/steps.ts";
import { freeze, isMap, nest, type ValueMap, valueAt } from "../value.ts";

/** Two names of one thing. */
export interface Renaming {
  readonly from: KeyPath;
  readonly to: KeyPath;
}

/** What a step holds at `from`, as if `to` were written there; undefined where it holds nothing. */
export function movedPart(step: Step, { from, to }: Renaming): Step | undefined {
  const value = valueAt(step.values, from);
  if (value === undefined) return undefined;
  const locate: Step["locate"] = (path, part) => step.locate([...from, ...path.slice(to.length)], part);
  return { ...step, values: freeze(nest(to, value) as ValueMap), locate };
}

/** The step with what it holds at `from` moved to `to`, beneath what it holds there already. */
export function renamed(step: Step, renaming: Renaming): readonly Step[] {
  const moved = movedPart(step, renaming);
  return moved === undefined ? [step] : [moved, withoutPart(step, renaming.from)];
}

/** The step without what it holds at `path`, and without the maps that are empty then. */
export function withoutPart(step: Step, path: KeyPath): Step {
  return valueAt(step.values, path) === undefined ? step : { ...step, values: freeze(without(step.values, path)) };
}

function without(values: ValueMap, [key = "", ...rest]: KeyPath): ValueMap {
  const { [key]: value, ...others } = values;
  const left = isMap(value) && rest.length > 0 ? without(value, rest) : {};
  return Object.keys(left).length === 0 ? others : { ...others, [key]: left };
}
