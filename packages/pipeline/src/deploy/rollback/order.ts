import { compareBytes } from "@facsimile/core";
import type { HistoryEntry, Probe } from "@facsimile/transport";

/** What one host says it ran. */
export type HostHistory = Pick<Probe, "current" | "history"> & Partial<Pick<Probe, "unsettled">>;

/**
 * The releases that a host confirmed, each on top of the one that it took the place of. A rollback takes away what lay on top
 * of its release, so that what was left is not come back to. Pure.
 *
 * @param history oldest first
 */
export function confirmedOrder(history: readonly HistoryEntry[]): readonly HistoryEntry[] {
  const order: HistoryEntry[] = [];
  for (const entry of history) {
    if (order.at(-1)?.release === entry.release) continue;
    const before = order.findLastIndex(({ release }) => release === entry.release);
    if (entry.action === "rollback" && before >= 0) order.length = before + 1;
    else order.push(entry);
  }
  return order;
}

/**
 * The last confirmed release before the one that runs. Where hosts run several, the newest of those counts: going back makes
 * them alike first. What was switched to and never confirmed does not count as running, so that a rollback that was
 * killed is brought to its end. Pure.
 */
export function releaseBefore(hosts: readonly HostHistory[]): HistoryEntry | undefined {
  const all = hosts.flatMap((host) => placeOf(host));
  const newest = all.reduce<Place | undefined>((a, b) => (a !== undefined && a.since >= b.since ? a : b), undefined);
  const same = all.filter(({ runs }) => runs === newest?.runs);
  return same.flatMap(({ before }) => before ?? []).sort((a, b) => compareBytes(b.at, a.at))[0];
}

interface Place {
  /** The release that counts as running, and since when. */
  readonly runs: string;
  readonly since: string;
  readonly before: HistoryEntry | undefined;
}

function placeOf({ current, history, unsettled }: HostHistory): Place[] {
  const order = confirmedOrder(history);
  const [before, last] = [order.at(-2), order.at(-1)];
  if (current === undefined || last === undefined) return [];
  // A run was killed while it came back to it.
  if (unsettled && current.release === last.release) return [{ runs: last.release, since: NEVER, before: last }];
  // Older ones, too, are deployed again; only the one before may be what a rollback without a name was on its way to.
  const isCounted = current.release === undefined || [before, last].some((entry) => entry?.release === current.release);
  return isCounted
    ? [{ runs: last.release, since: last.at, before }]
    : [{ runs: current.release ?? "", since: NEVER, before: last }];
}

/** After every time: it was switched to and never confirmed. */
const NEVER = "~";

/** The confirmed releases whose ids begin so, each once, as they were confirmed last. Pure. */
export function releasesNamed(word: string, hosts: readonly Pick<HostHistory, "history">[]): readonly HistoryEntry[] {
  const all = hosts.flatMap(({ history }) => history).sort((a, b) => compareBytes(a.at, b.at));
  return [...new Map(all.filter(({ release }) => release.startsWith(word)).map((entry) => [entry.release, entry])).values()]; // biome-ignore format: one line
}
