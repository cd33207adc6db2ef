import { memoized } from "../memo.ts";
import { foldValues } from "../merge/fold.ts";
import type { Layer } from "../merge/steps.ts";
import { entryOf, freeze, isMap, type Value, type ValueMap } from "../value.ts";

/** `projects` as the layers give them, `facsimile.components` (its old name) beneath; nothing else is folded. */
export function projectsIn(layers: readonly Layer[]): ValueMap {
  return projectsOf(...layers.filter((layer) => layer.role !== "project" && isAboutProjects(layer)));
}

function isAboutProjects({ body }: Layer): boolean {
  return Object.hasOwn(body, "projects") || Object.hasOwn(body, "facsimile");
}

const projectsOf = memoized((...layers: readonly Layer[]): ValueMap => {
  const values = foldValues(layers.map(({ body }) => pick(body)));
  const components = entryOf(entryOf(values, "facsimile"), "components");
  const projects = entryOf(values, "projects");
  return freeze({ ...(isMap(components) ? components : {}), ...(isMap(projects) ? projects : {}) });
});

function pick(body: ValueMap): ValueMap {
  const keys = ["facsimile", "projects"].filter((key) => entryOf(body, key) !== undefined);
  return freeze(Object.fromEntries(keys.map((key) => [key, body[key] as Value])));
}
