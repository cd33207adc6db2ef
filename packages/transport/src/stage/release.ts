import type { ConfirmRequest } from "../lock-types.ts";
import { treeOf } from "../look/layout.ts";
import { checkScope } from "../look/place.ts";
import { probe } from "../look/probe.ts";
import type { HistoryEntry, Probe } from "../probe-types.ts";
import type { Place } from "../types.ts";
import { formatDeployed, formatHistory } from "../wire/formats.ts";
import type { Changer } from "./changer.ts";

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

/**
 * Trees that go before another one comes.
 *
 * @param coming its id: a tree that is only made whole again takes the place of none
 */
export function oldTrees(
  { history, current, dirs }: Probe,
  { keep = KEEP, coming }: { readonly keep?: number | undefined; readonly coming: string },
): readonly string[] {
  const { dir = "", release = "" } = current ?? {};
  const isThere = treeOf(dir) === coming || history.some((entry) => treeOf(entry.dir) === coming && dirs.includes(entry.dir)); // biome-ignore format: one line
  return planPrune({ history, keep: isThere ? keep + 1 : keep, current: { dir, release }, dirs, releases: [] }).dirs;
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
 * Of a tree that was made whole again only the folder stays that was confirmed last, or runs. Trees that were staged and never
 * confirmed go too. Pure.
 */
export function planPrune({ history, keep, current, dirs, releases }: PrunePlan): Pick<PrunePlan, "dirs" | "releases"> {
  const keptDirs = new Map(current.dir === "" ? [] : [[treeOf(current.dir), current.dir]]);
  const keptReleases = new Set([current.release]);
  for (const { dir, release } of [...history].reverse()) {
    const isNew = !keptDirs.has(treeOf(dir));
    if (isNew && (keptDirs.size >= keep || !dirs.includes(dir))) continue;
    if (isNew) keptDirs.set(treeOf(dir), dir);
    if (isNew || keptReleases.size < keep) keptReleases.add(release);
  }
  return {
    dirs: dirs.filter((dir) => keptDirs.get(treeOf(dir)) !== dir),
    releases: releases.filter((release) => !keptReleases.has(release)),
  };
}
