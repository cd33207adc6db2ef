import type { HealthCheck, Hook, InstanceValues } from "./types.ts";
import { entryOf, isList, isMap, type Value, type ValueMap } from "./value.ts";

/** The weakest layer. */
export const DEFAULTS: ValueMap = {
  deploy: { strategy: "releases", policy: "together", maxUnreachable: 0, parallel: 20, keep: 5 },
};

/** Writes one-or-many as lists and drops what only steers the loading. `values` have passed the schema. */
export function normalise(values: ValueMap): InstanceValues {
  const deploy = values["deploy"] as ValueMap;
  return {
    ...values,
    deploy: {
      ...deploy,
      precmd: many(deploy["precmd"]).map(asHook),
      postcmd: many(deploy["postcmd"]).map(asHook),
      health: many(deploy["health"]) as unknown as readonly HealthCheck[],
    },
  } as unknown as InstanceValues;
}

/** What a project says about its build lies beneath the key `build`. */
export function withProjectBuild(values: ValueMap, project: string | undefined): ValueMap {
  const below = project === undefined ? undefined : entryOf(entryOf(entryOf(values, "projects"), project), "build");
  if (!isMap(below)) return values;
  const above = values["build"];
  return { ...values, build: isMap(above) ? { ...below, ...above } : (above ?? below) };
}

function many(value: Value | undefined): readonly Value[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

function asHook(value: Value): Hook {
  return typeof value === "string" ? { run: value } : (value as unknown as Hook);
}
