import { formatPath, type KeyPath } from "@facsimile/core";
import { clearSecret } from "../compare/clear-secret.ts";
import { isClearSecret } from "../compare/masked.ts";
import { memoized } from "../memo.ts";
import type { Layer, Step } from "../merge/steps.ts";
import type { Warning } from "../types.ts";
import { placesOf } from "../user-schema/places.ts";
import type { UserSchema } from "../user-schema/user-schema.ts";
import { valueAt } from "../value.ts";
import { renamed } from "./moved.ts";

/** The defaults of the user's schema, the weakest step but ours. */
export const defaultStep = memoized((user: UserSchema): Step => {
  const { source, defaults } = user;
  const layer: Layer = { name: source.file, root: "defaults", role: "defaults", source, at: [], body: defaults };
  return { layer, view: undefined, values: defaults, locate: (path, part) => user.locateDefault(path, part) };
});

/** The step with its old keys under their new names. */
export function withNewNames(step: Step, { renames }: UserSchema): readonly Step[] {
  return renames.reduce<readonly Step[]>((parts, renaming) => parts.flatMap((part) => renamed(part, renaming)), [step]);
}

/** What a step says that the user's schema calls old, or secret. */
export const userWarnings = memoized((step: Step, { renames, deprecated, secrets }: UserSchema): readonly Warning[] => [
  ...renames
    .filter(({ from }) => valueAt(step.values, from) !== undefined)
    .map(({ from, to }) =>
      old(step, { path: from, what: `called ${formatPath(to)} now`, note: `Write ${formatPath(to)}.` }),
    ),
  ...deprecated.flatMap(({ path, note }) =>
    placesOf(step.values, path).map((place) => old(step, { path: place, what: "deprecated", note })),
  ),
  ...secrets
    .flatMap((path) => placesOf(step.values, path))
    .filter((path) => isClearSecret({ path, value: valueAt(step.values, path) ?? null }, { secrets }))
    .flatMap((path) => clearSecret(step, { path, why: "is declared a secret" })),
]);

function old(step: Step, { path, what, note }: { path: KeyPath; what: string; note: string | undefined }): Warning {
  return {
    code: "DEPRECATED",
    message: `${formatPath(path)} is ${what}`,
    hint: note,
    position: step.locate(path, "key"),
  };
}
