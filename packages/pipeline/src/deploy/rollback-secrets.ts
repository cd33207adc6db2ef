import type { InstanceName } from "@facsimile/core";
import type { State } from "@facsimile/state";
import type { Release } from "../release/release.ts";
import { placeSeen } from "../secrets/places.ts";
import type { AllHeld } from "./rollback-held.ts";
import type { RotatedSecrets } from "./rollback-report.ts";
import type { Named } from "./rollback-words.ts";

/**
 * Which secrets of the releases have another value now, or are gone: a rollback brings back files that hold the old ones.
 * Pure.
 */
export function rotatedSince(
  goals: readonly Named[],
  { held, state, instance }: { readonly held: AllHeld; readonly state: State; readonly instance: InstanceName },
): readonly RotatedSecrets[] {
  return goals.flatMap(({ project, version }) => {
    const mine = [...held].flatMap(([host, projects]) => ({ host, release: projects.get(project)?.release }));
    const names = mine.flatMap(({ host, release }) => (release === undefined ? [] : changedIn(release, { host, state, instance }))); // biome-ignore format: one line
    return names.length === 0 ? [] : [{ project, version, secrets: [...new Set(names)].sort() }];
  });
}

/** Whether commands of a release that a host goes back to may print secrets that the state does not remember. Pure. */
export function forgets(now: { readonly state: State; readonly instance: InstanceName }) {
  return (release: Release, host: string): boolean => changedIn(release, { host, ...now }).length > 0;
}

function changedIn(
  { hosts, trees, state: made, built }: Release,
  { host, state, instance }: { host: string; state: State; instance: InstanceName },
): readonly string[] {
  // Another serial may be of anything; the same one is of the same values.
  if (made.scope === state.scope && made.serial === state.serial) return [];
  const names = (trees[hosts[host] ?? ""]?.secrets ?? []).map(nameOf);
  return names.filter((name) => {
    const value = placeSeen(name, { instance, state });
    return value === undefined || value.created > built;
  });
}

/** As `facs secrets` takes it: `passwd/worker`, `db/root`; a release has it with its place in the state. */
function nameOf(place: string): string {
  return place.replace(/^overlay\/[^/]*\//, "").replace(/^secrets\//, "");
}
