import { FacsimileError, formatPath, type KeyPath } from "@facsimile/core";
import type { OnProblem, Step } from "../merge/steps.ts";
import { isMap, valueAt } from "../value.ts";

/** Keys that belong to the instance: a project's own layers cannot set them, nor can a view. */
const OF_THE_INSTANCE: readonly KeyPath[] = [
  ["projects"],
  ["facsimile"],
  ["versions"],
  ["hosts"],
  ["regions"],
  ["state"],
  ["deploy", "policy"],
  ["deploy", "waves"],
  ["deploy", "maxUnreachable"],
  ["deploy", "maxFailures"],
  ["deploy", "parallel"],
  ["deploy", "protect"],
  ["ssh"],
];

/** Keys that say which hosts there are or are read once for all of them, so that no view may set them. */
const BEFORE_VIEWS: readonly KeyPath[] = [
  ...OF_THE_INSTANCE,
  ["protected"],
  ["deploy", "nodes"],
  ["deploy", "strategy"],
  ["modules"],
  ["compare"],
];

/** Well-known keys that a source's layers may not set unless the conglomerate hands its definitions to the source. */
const OF_THE_CONGLOMERATE: readonly KeyPath[] = [
  ["projects"],
  ["facsimile"],
  ["versions"],
  ["home"],
  ["protected"],
  ["deploy"],
  ["hosts"],
  ["regions"],
  ["files"],
  ["state"],
];

/** Reports every key that its layer may not set. `sourceDefines`: the project's definitions live in its source. */
export function checkKeys(
  steps: readonly Step[],
  { sourceDefines, onProblem }: { sourceDefines: boolean; onProblem: OnProblem },
): void {
  for (const step of steps) {
    const { root, role } = step.layer;
    if (root === "source" && !sourceDefines) {
      report(step, { paths: OF_THE_CONGLOMERATE, why: "a source's own definitions", onProblem });
    }
    if (role === "project") report(step, { paths: OF_THE_INSTANCE, why: "a project's layer", onProblem });
    if (step.view !== undefined && step.view.kind !== "system") {
      report(step, { paths: BEFORE_VIEWS, why: "a view", onProblem });
      reportNested(step, onProblem);
    }
  }
}

function report(
  { locate, values }: Step,
  { paths, why, onProblem }: { paths: readonly KeyPath[]; why: string; onProblem: OnProblem },
): void {
  for (const path of paths) {
    if (!Object.hasOwn(values, path[0] ?? "") || valueAt(values, path) === undefined) continue;
    const position = locate(path, "key");
    const hint = HINTS[why];
    onProblem(new FacsimileError("KEY_NOT_ALLOWED", `${why} cannot set ${formatPath(path)}`, { hint, position }));
  }
}

function reportNested({ locate, values }: Step, onProblem: OnProblem): void {
  for (const key of Object.keys(values).filter((each) => each.startsWith("@") && isMap(values[each]))) {
    const position = locate([key], "key");
    onProblem(new FacsimileError("BAD_VIEW", `the view ${key} stands inside another view`, {
      hint: "Write it beside the other, at the top of the file.",
      position,
    })); // biome-ignore format: one call
  }
}

const HINTS: Readonly<Record<string, string>> = {
  "a source's own definitions":
    'Set it in define/; or write definitions: "source" under projects in define/facsimile.json5, so that the source may.',
  "a project's layer": "It belongs to the instance: set it in define/facsimile.json5 or in the instance's file.",
  "a view": "It says what the hosts are, before there are views: set it outside of the block.",
};
