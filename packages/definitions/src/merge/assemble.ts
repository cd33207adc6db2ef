import { type Environment, FacsimileError, formatPath, type KeyPath } from "@facsimile/core";
import { isLocal } from "../checks/hosts.ts";
import type { Warning } from "../types.ts";
import { type ValueMap, valueAt } from "../value.ts";
import { foldOnto } from "./fold.ts";
import { interpolate } from "./interpolate.ts";
import { originOf, placeOf, shownOrigin } from "./origin.ts";
import { isInert, type OnProblem, type Step } from "./steps.ts";

export interface AssembleOptions {
  readonly env: Environment;
  readonly onProblem: OnProblem;
  onWarning(warning: Warning): void;
  /** A text at `path` could not be replaced; its value is empty, and told already. */
  onFailed?(path: KeyPath): void;
}

/** What the steps come to: folded and interpolated, not yet checked. Goes on past what is wrong. */
export function assemble(steps: readonly Step[], options: AssembleOptions): ValueMap {
  const { env, onProblem, onWarning } = options;
  const { values, problems, warnings, refers } = steps.reduce((below, step) => foldStep(below, step), NOTHING_YET);
  problems.forEach(onProblem);
  warnings.forEach(onWarning);
  if (!refers) return values;
  const local = isLocal(valueAt(values, ["deploy", "nodes"]));
  return interpolate(values, {
    env: local ? env : undefined,
    onProblem: ({ code, path, message, hint }) => {
      options.onFailed?.(path);
      onProblem(new FacsimileError(code, message, { hint, position: placeOf(steps, { path }) }));
    },
    onDeprecated(path, spelling) {
      const hint = `Write \${env:${spelling.includes("USER") ? "USER" : "HOME"}}.`;
      const position = placeOf(steps, { path });
      onWarning({ code: "DEPRECATED", message: `${spelling} is an old spelling`, hint, position });
    },
  });
}

/** Some steps, folded. */
interface Folded {
  /** The last of them; undefined for none. */
  readonly step: Step | undefined;
  readonly below: Folded | undefined;
  readonly values: ValueMap;
  readonly problems: readonly FacsimileError[];
  readonly warnings: readonly Warning[];
  /** A value may refer to others. */
  readonly refers: boolean;
  /** With one step more: chains that begin alike are folded alike once. Nothing of files is held by what outlives them. */
  readonly next: Map<Step, Folded> | WeakMap<Step, Folded>;
}

const NOTHING_YET: Folded = {
  step: undefined,
  below: undefined,
  values: Object.freeze({}),
  problems: [],
  warnings: [],
  refers: false,
  next: new WeakMap(),
};

function foldStep(below: Folded, step: Step): Folded {
  const known = below.next.get(step);
  if (known !== undefined) return known;
  const folded = foldAnew(below, step);
  below.next.set(step, folded);
  return folded;
}

function foldAnew(below: Folded, step: Step): Folded {
  const { values: over, locate } = step;
  const [problems, warnings] = [[...below.problems], [...below.warnings]];
  const values = foldOnto(
    { base: below.values, over, isInert: isInert(step) },
    {
      conflict(path, what) {
        const origin = originOf(stepsOf(below), path);
        // What is of another kind than our own defaults is refused by the schema.
        if (origin?.layer === "defaults") return;
        const other = shownOrigin(origin, path);
        const message = `${formatPath(path)} is ${what.over} here, but ${what.base} at ${other}`;
        const hint = "Write {$replace: …} where the change of kind is meant.";
        problems.push(new FacsimileError("KIND_CONFLICT", message, { hint, position: locate(path) }));
      },
      misuse(path, message, hint) {
        problems.push(new FacsimileError("BAD_DIRECTIVE", message, { hint, position: locate(path) }));
      },
      idle(path, directive) {
        // These are written for a module, where they are folded too.
        if (path[0] === "service" || path[0] === "config") return;
        const message = `${directive} at ${formatPath(path)} finds nothing to work on`;
        warnings.push({ code: "DIRECTIVE_IDLE", message, position: locate(path) });
      },
    },
  );
  const refers = below.refers || !isInert(step);
  const next = step.layer.role === "defaults" ? new WeakMap() : new Map();
  return { step, below, values, problems, warnings, refers, next };
}

function stepsOf(folded: Folded): readonly Step[] {
  const steps: Step[] = [];
  for (let each: Folded | undefined = folded; each?.step !== undefined; each = each.below) steps.push(each.step);
  return steps.reverse();
}
