import { formatPath, type KeyPath } from "@facsimile/core";
import { directiveOf } from "./directives.ts";
import { foldOnto } from "./fold.ts";
import { leavesOf } from "./leaves.ts";
import type { Step } from "./steps.ts";
import type { Warning } from "./types.ts";
import { isMap, sameValue, type Value, type ValueMap, valueAt } from "./value.ts";

/** Finds values that equal what they inherit in every chain that uses them. */
export class Redundancy {
  /** By step, each path that it sets: whether a chain needs it. */
  readonly #needed = new Map<Step, Map<string, { readonly path: KeyPath; needed: boolean }>>();

  /** Looks at a chain as one viewer sees it. */
  look(steps: readonly Step[]): void {
    let base: ValueMap = {};
    for (const step of steps) {
      if (step.layer.source !== undefined) this.#compare(step, base);
      base = foldOnto({ base, over: step.values });
    }
  }

  findings(): readonly Warning[] {
    return [...this.#needed].flatMap(([step, paths]) =>
      [...paths.values()].flatMap(({ path, needed }) => (needed ? [] : finding(step, path))),
    );
  }

  #compare(step: Step, base: ValueMap): void {
    const known = this.#needed.get(step);
    const paths = known ?? new Map(plainLeaves(step).map((path) => [formatPath(path), { path, needed: false }]));
    if (known === undefined) this.#needed.set(step, paths);
    for (const each of paths.values()) {
      each.needed ||= !sameValue(valueAt(base, each.path), valueAt(step.values, each.path));
    }
  }
}

function finding(step: Step, path: KeyPath): Warning {
  return {
    code: "VALUE_REDUNDANT",
    message: `${formatPath(path)} is what it inherits`,
    hint: "Take it out; or keep it where it is to stay when the inherited value changes.",
    position: step.locate(path, "key"),
  };
}

/** Directives are no values; and what is written for a module stands among the modules too. */
function plainLeaves({ values }: Step): readonly KeyPath[] {
  return leavesOf(values)
    .map(({ path }) => path)
    .filter((path) => path[0] !== "service" && path[0] !== "config")
    .filter((path) => path.every((_, depth) => !isDirective(valueAt(values, path.slice(0, depth + 1)))));
}

function isDirective(value: Value | undefined): boolean {
  return isMap(value) && directiveOf(value) !== undefined;
}
