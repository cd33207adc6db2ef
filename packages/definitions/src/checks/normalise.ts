import { memoized, NOTHING } from "../memo.ts";
import type { DeployValues, HealthCheck, Hook, InstanceValues, Wave } from "../types.ts";
import { freeze, isList, isMap, type Value, type ValueMap } from "../value.ts";
import { excludedGlobs } from "./excluded.ts";

/** The weakest layer. */
export const DEFAULTS: ValueMap = freeze({
  deploy: { strategy: "releases", policy: "together", maxUnreachable: 0, maxFailures: 0, parallel: 20, keep: 5 },
});

/** Puts defaults in place and writes one-or-many as lists. `values` have passed the schema and are frozen beneath. */
export function normalise(values: ValueMap): InstanceValues {
  return Object.freeze({
    ...values,
    deploy: deployValues((values["deploy"] ?? NOTHING) as ValueMap, (values["build"] ?? NOTHING) as ValueMap),
  }) as unknown as InstanceValues;
}

const deployValues = memoized((deploy: ValueMap, build: ValueMap): DeployValues => {
  const lists = {
    precmd: many(deploy["precmd"]).map(asHook),
    postcmd: many(deploy["postcmd"]).map(asHook),
    health: many(deploy["health"]) as unknown as readonly HealthCheck[],
    waves: many(deploy["waves"]).map((wave) => withSeconds(wave as ValueMap)),
  };
  return freeze({
    ...(DEFAULTS["deploy"] as ValueMap),
    ...deploy,
    ...lists,
    ...mutableOf({ deploy, build }),
  }) as unknown as DeployValues;
});

const SECONDS = { s: 1, m: 60, h: 3600 } as const;

function withSeconds(wave: ValueMap): Wave {
  const { soak } = wave;
  if (typeof soak !== "string") return wave as unknown as Wave;
  const unit = soak.at(-1) as keyof typeof SECONDS;
  return { ...(wave as unknown as Wave), soak: Number(soak.slice(0, -1)) * SECONDS[unit] };
}

function mutableOf({ deploy, build }: { deploy: ValueMap; build: ValueMap }): { readonly mutable?: Value } {
  const excluded = isMap(deploy["exclude"]) ? many(deploy["exclude"]["rsync"]) : [];
  const more = [...excludedGlobs(excluded as readonly string[]), ...compiled(build)];
  return more.length === 0 ? {} : { mutable: [...many(deploy["mutable"]), ...more] };
}

/** Python writes what it compiled beside its sources, on each host when it first reads them. */
function compiled({ virtualenv }: ValueMap): string[] {
  if (virtualenv === undefined || virtualenv === false) return [];
  const dir = isMap(virtualenv) ? (virtualenv["dir"] ?? "venv") : "venv";
  return [`${dir}/**/__pycache__`];
}

function many(value: Value | undefined): readonly Value[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

function asHook(value: Value): Hook {
  return typeof value === "string" ? { run: value } : (value as unknown as Hook);
}
