import type { Host, SomeHosts, Wave } from "@facsimile/definitions";

/** Some of the hosts of a run, which are switched before those of the waves after. */
export interface PlannedWave<T> {
  /** As people know it: `eu`, `eu database`, `web1.eu web2.eu`; `the others`. */
  readonly name: string;
  readonly members: readonly T[];
  /** At once. Default: as many as `deploy.parallel` has it. */
  readonly max?: number | undefined;
  /** Seconds. Default: it is not waited. */
  readonly soak?: number | undefined;
}

/**
 * Which comes when: everything goes into the first wave that its host fits in every way; what fits none is a last wave.
 * Waves without members are left out; within one, the order stays. Pure.
 */
export function planWaves<T extends { readonly host: Host }>(
  items: readonly T[],
  waves: readonly Wave[],
): PlannedWave<T>[] {
  const all = [...waves, {}];
  const indexOf = new Map(items.map((item) => [item, all.findIndex((wave) => fits(item.host, wave))]));
  return all
    .map((wave, index) => ({
      name: nameOf(wave),
      members: items.filter((item) => indexOf.get(item) === index),
      max: wave.max,
      soak: wave.soak,
    }))
    .filter(({ members }) => members.length > 0);
}

function fits({ name, region, targets }: Host, wave: Wave): boolean {
  return (
    (wave.hosts?.includes(name) ?? true) &&
    (wave.regions === undefined || (region !== undefined && wave.regions.includes(region))) &&
    (wave.targets === undefined || targets.some((target) => wave.targets?.includes(target)))
  );
}

function nameOf({ regions = [], targets = [], hosts = [] }: Wave): string {
  return [...regions, ...targets, ...hosts].join(" ") || "the others";
}

/** A part of the hosts is rounded down: `"10%"` of 19 is 1. */
export function hostsOf(some: SomeHosts, total: number): number {
  return typeof some === "number" ? some : Math.floor((Number.parseInt(some, 10) * total) / 100);
}
