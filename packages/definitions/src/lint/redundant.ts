import { formatPath, formatPosition, type KeyPath } from "@facsimile/core";
import { leavesOf } from "../compare/leaves.ts";
import { memoized } from "../memo.ts";
import { directiveOf } from "../merge/directives.ts";
import { foldOnto } from "../merge/fold.ts";
import { originOf } from "../merge/origin.ts";
import type { Step } from "../merge/steps.ts";
import type { Warning } from "../types.ts";
import { isMap, sameValue, type Value, type ValueMap, valueAt } from "../value.ts";
import { choices, type Finder, type Subject, stepId } from "./subjects.ts";

interface Known {
  readonly path: KeyPath;
  readonly step: Step;
  /** What lay beneath when it was last looked at. */
  below: readonly Step[];
  needed: boolean;
}

/** Finds values that equal what they inherit in every chain, for everybody who sees them. */
export class Redundancy implements Finder {
  readonly #known = new Map<string, Known>();

  look(subject: Subject): void {
    for (const steps of choices(subject)) {
      let base: ValueMap = {};
      for (const [index, step] of steps.entries()) {
        if (isLooked(step)) this.#compare(step, { base, below: steps.slice(0, index) });
        base = foldOnto({ base, over: step.values });
      }
    }
    // Of a chain that is not right, nobody knows who needs what.
    if (subject.definition === undefined) for (const step of subject.steps.filter(isLooked)) this.#need(step);
  }

  findings(): readonly Warning[] {
    return [...this.#known.values()].flatMap((known) => (known.needed ? [] : finding(known)));
  }

  #compare(step: Step, { base, below }: { base: ValueMap; below: readonly Step[] }): void {
    for (const { id, path } of plainLeaves(step)) {
      const known = this.#known.get(id) ?? { path, step, below, needed: false };
      this.#known.set(id, known);
      known.below = below;
      known.needed ||= !sameValue(valueAt(base, path), valueAt(step.values, path));
    }
  }

  #need(step: Step): void {
    for (const { id, path } of plainLeaves(step)) this.#known.set(id, { path, step, below: [], needed: true });
  }
}

function isLooked({ layer }: Step): boolean {
  return layer.source !== undefined && layer.role !== "defaults";
}

function finding({ path, step, below }: Known): Warning {
  const { layer, position } = originOf(below, path) ?? {};
  const from = position === undefined ? (layer === "defaults" ? "by default" : `from ${layer}`) : `from ${formatPosition(position)}`; // biome-ignore format: one line
  return {
    code: "VALUE_REDUNDANT",
    message: `${formatPath(path)} is what it inherits ${from}`,
    hint: "Take it out; or keep it where it is to stay when the inherited value changes.",
    position: step.locate(path, "key"),
  };
}

/**
 * Directives are no values; what is written for a module stands among the modules too; and a version is written down to
 * stay, by a deploy too.
 */
const plainLeaves = memoized((step: Step) =>
  leavesOf(step.values)
    .map(({ path }) => path)
    .filter(([first = ""]) => !["service", "config", "versions"].includes(first))
    .filter((path) => path.every((_, depth) => !isDirective(valueAt(step.values, path.slice(0, depth + 1)))))
    .map((path) => ({ path, id: `${stepId(step)}\0${formatPath(path)}` })),
);

function isDirective(value: Value | undefined): boolean {
  return isMap(value) && directiveOf(value) !== undefined;
}
