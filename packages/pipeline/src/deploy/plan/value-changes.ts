import { formatPath } from "@facsimile/core";
import { compareDefinitions, type Definition, type Difference, type Host } from "@facsimile/definitions";
import type { ValueChange } from "./types.ts";

/**
 * How a project's values changed, as every host sees them; hosts that see the same are compared once. Versions are left
 * out: a plan has them elsewhere. Pure.
 */
export function valueChanges(then: Definition, { now, project }: { now: Definition; project: string }): ValueChange[] {
  const views = viewsOf(then, now);
  if (views.length === 0) return differencesOf(then, now, project);
  const found = views.flatMap(({ before, after, hosts }) =>
    differencesOf(asSeenBy(then, before), asSeenBy(now, after), project).map((change) => ({ ...change, hosts })),
  );
  const all = views.reduce((sum, { hosts }) => sum + hosts.length, 0);
  return alike(found, "hosts").map(({ change, together }) =>
    together.length === all ? change : { ...change, hosts: together },
  );
}

/** The changes of several projects, each once. */
export function joinedChanges(changes: readonly ValueChange[]): ValueChange[] {
  return alike(changes, "projects").map(({ change, together }) => ({ ...change, projects: together }));
}

interface View {
  readonly before: Host;
  readonly after: Host;
  readonly hosts: readonly string[];
}

function viewsOf(then: Definition, now: Definition): View[] {
  const views = new Map<unknown, Map<unknown, View>>();
  for (const after of now.hosts) {
    const before = then.hosts.find(({ name }) => name === after.name);
    if (before === undefined) continue;
    const same = views.get(then.view(before)) ?? new Map<unknown, View>();
    const found = same.get(now.view(after)) ?? { before, after, hosts: [] };
    views.set(then.view(before), same.set(now.view(after), { ...found, hosts: [...found.hosts, after.name] }));
  }
  return [...views.values()].flatMap((same) => [...same.values()]);
}

/** The definition with what one host sees in the place of what all see. */
function asSeenBy(definition: Definition, host: Host): Definition {
  const origin: Definition["origin"] = (path) => definition.origin(path, host);
  return { ...definition, values: definition.view(host), origin };
}

function differencesOf(then: Definition, now: Definition, project: string): ValueChange[] {
  return compareDefinitions(then, now)
    .differences.filter(({ path }) => path[0] !== "versions")
    .flatMap((difference) => changeOf(difference, project));
}

function changeOf({ path, a, b }: Difference, project: string): ValueChange[] {
  const shown = b ?? a;
  if (shown === undefined) return [];
  const { layer, position } = shown;
  const place = { layer, ...(position === undefined ? {} : { position }) };
  return [{ projects: [project], path: formatPath(path), from: a?.value, to: b?.value, ...place }];
}

/** Changes that are the same but for the names under `key`, with all these names. */
function alike<Change extends ValueChange>(
  changes: readonly Change[],
  key: "hosts" | "projects",
): { change: ValueChange; together: string[] }[] {
  const groups = new Map<string, { change: ValueChange; together: string[] }>();
  for (const one of changes) {
    const { [key]: names = [], ...change } = one as ValueChange;
    const id = JSON.stringify(change);
    const group = groups.get(id) ?? { change: change as ValueChange, together: [] };
    groups.set(id, { ...group, together: [...group.together, ...names] });
  }
  return [...groups.values()];
}
