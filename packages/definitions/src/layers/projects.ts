import { memoized } from "../memo.ts";
import { foldValues } from "../merge/fold.ts";
import { entryOf, freeze, isMap, type Value, type ValueMap } from "../value.ts";
import type { Layer } from "./chain.ts";

/** `projects` as the layers give them, `facsimile.components` (its old name) beneath; nothing else is folded. */
export function projectsIn(layers: readonly Layer[]): ValueMap {
  return projectsOf(foldValues(layers.filter(({ role }) => role !== "project").map(({ body }) => pick(body))));
}

const projectsOf = memoized((values: ValueMap): ValueMap => {
  const components = entryOf(entryOf(values, "facsimile"), "components");
  const projects = entryOf(values, "projects");
  return freeze({ ...(isMap(components) ? components : {}), ...(isMap(projects) ? projects : {}) });
});

const pick = memoized((body: ValueMap): ValueMap => {
  const keys = ["facsimile", "projects"].filter((key) => entryOf(body, key) !== undefined);
  return freeze(Object.fromEntries(keys.map((key) => [key, body[key] as Value])));
});
