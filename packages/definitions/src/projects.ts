import type { Layer } from "./chain.ts";
import { foldValues } from "./fold.ts";
import { entryOf, isMap, type ValueMap } from "./value.ts";

/** `projects` as the layers give them, `facsimile.components` (its old name) beneath; nothing else is folded. */
export function projectsIn(layers: readonly Layer[]): ValueMap {
  const folded = foldValues(layers.filter(({ role }) => role !== "project").map(({ body }) => pick(body)));
  return projectsOf(folded);
}

export function projectsOf(values: ValueMap): ValueMap {
  const components = entryOf(entryOf(values, "facsimile"), "components");
  const projects = entryOf(values, "projects");
  return { ...(isMap(components) ? components : {}), ...(isMap(projects) ? projects : {}) };
}

function pick(body: ValueMap): ValueMap {
  return Object.fromEntries(
    ["facsimile", "projects"].flatMap((key) => {
      const value = entryOf(body, key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}
