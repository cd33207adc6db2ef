import { formatDeployed, formatHistory } from "./formats.ts";
import type { Changer } from "./lock.ts";
import { checkScope } from "./place.ts";
import { probe } from "./session.ts";
import type { ConfirmRequest, HistoryEntry, Place, Probe } from "./types.ts";

/** How many older trees stay. */
const KEEP = 5;

export async function confirm(changer: Changer, request: ConfirmRequest & { readonly place: Place }): Promise<void> {
  const { place, entry, state, keep = KEEP } = request;
  const found = request.probe ?? (await probe(changer.host, { place, look: ["history"] }));
  const deployed = state === undefined ? ["", ""] : [checkScope(state.scope), formatDeployed(state)];
  const { dirs, records } = { ...found, dirs: [...found.dirs, entry.dir] };
  const { releases } = planPrune({ history: [...found.history, entry], keep: keep + 1, current: entry, dirs, releases: records }); // biome-ignore format: one line
  await changer.ask("confirm", { place, args: [formatHistory(entry), ...deployed, ...releases] });
}

/** Trees that go before another one comes. */
export function oldTrees({ history, current, dirs }: Probe, keep = KEEP): readonly string[] {
  const { dir = "", release = "" } = current ?? {};
  return planPrune({ history, keep, current: { dir, release }, dirs, releases: [] }).dirs;
}

export interface PrunePlan {
  /** Oldest first. */
  readonly history: readonly HistoryEntry[];
  /** Distinct trees. */
  readonly keep: number;
  readonly current: Pick<HistoryEntry, "dir" | "release">;
  /** What there is. */
  readonly dirs: readonly string[];
  readonly releases: readonly string[];
}

/**
 * What may go: all but the current tree, the newest `keep` distinct trees that were confirmed, and the records of their newest
 * releases: of each tree one, and `keep` at least, so that a host whose tree stayed the same goes back with the others.
 * Trees that were staged and never confirmed go too. Pure.
 */
export function planPrune({ history, keep, current, dirs, releases }: PrunePlan): Pick<PrunePlan, "dirs" | "releases"> {
  const keptDirs = new Set(current.dir === "" ? [] : [current.dir]);
  const keptReleases = new Set([current.release]);
  for (const { dir, release } of [...history].reverse()) {
    const isNew = !keptDirs.has(dir);
    if (isNew && (keptDirs.size >= keep || !dirs.includes(dir))) continue;
    keptDirs.add(dir);
    if (isNew || keptReleases.size < keep) keptReleases.add(release);
  }
  return {
    dirs: dirs.filter((dir) => !keptDirs.has(dir)),
    releases: releases.filter((release) => !keptReleases.has(release)),
  };
}
