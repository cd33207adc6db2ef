import { formatDeployed, formatHistory, parseHistory } from "./formats.ts";
import { parseStats, Records } from "./listing.ts";
import type { Changer } from "./lock.ts";
import { checkScope } from "./place.ts";
import { collect, watched } from "./probe.ts";
import type { ConfirmRequest, HistoryEntry, Place, Pruned, TreeOptions } from "./types.ts";

interface Tidying extends TreeOptions {
  readonly place: Place;
  /** See {@link amountOf}. */
  readonly long: string;
}

export async function confirm(changer: Changer, request: ConfirmRequest & Tidying): Promise<Pruned> {
  const { place, entry, state, keep = 5, ...options } = request;
  const deployed = state === undefined ? [] : [checkScope(state.scope), formatDeployed(state)];
  const found = collect(
    new Records(await changer.ask("confirm", { place, args: [formatHistory(entry), ...deployed] })),
  );
  const one = (key: string): string => found.get(key)?.[0] ?? "";
  const pruned = planPrune({
    history: parseHistory(one("h").slice(1)),
    keep,
    current: { dir: one("c"), release: one("r") },
    dirs: found.get("d") ?? [],
    releases: found.get("k") ?? [],
  });
  await tidy(changer, { place, pruned, ...options });
  return pruned;
}

/** Leaves the snapshot of the current tree, which the lock's `list` has just proven. */
export async function remember(changer: Changer, request: Tidying): Promise<void> {
  await tidy(changer, { ...request, pruned: { dirs: [], releases: [] } });
}

async function tidy(changer: Changer, request: Tidying & { readonly pruned: Pruned }): Promise<void> {
  const { place, pruned, long, ignore = () => false } = request;
  const args = [long, String(pruned.dirs.length), ...pruned.dirs, ...pruned.releases];
  const records = new Records(await changer.ask("tidy", { place, args }));
  if (records.next() !== "moved") return;
  const [proven, before] = [parseStats(records), parseStats(records)];
  if (proven === undefined || before === undefined || watched({ before: proven, now: before }, ignore).length > 0)
    return;
  // Only paths moved that nobody watches: what is there after pruning is as good as what was proven.
  await changer.ask("snapshot", { place, bytes: records.rest() });
}

export interface PrunePlan {
  /** Oldest first. */
  readonly history: readonly HistoryEntry[];
  /** Distinct trees. */
  readonly keep: number;
  readonly current: { readonly dir: string; readonly release: string };
  /** What there is. */
  readonly dirs: readonly string[];
  readonly releases: readonly string[];
}

/**
 * What may go: all but the current tree, the newest `keep` distinct trees that were confirmed, and the records of their newest
 * releases: of each tree one, and `keep` at least, so that a host whose tree stayed the same goes back with the others.
 * Trees that were staged and never confirmed go too. Pure.
 */
export function planPrune({ history, keep, current, dirs, releases }: PrunePlan): Pruned {
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
