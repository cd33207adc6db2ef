import type { Entry } from "./types.ts";

// As compareBytes of core, with each path encoded once.
export function sorted(entries: readonly Entry[]): Entry[] {
  const keyed = entries.map((entry) => ({ entry, key: Buffer.from(entry.path) }));
  return keyed.sort((a, b) => Buffer.compare(a.key, b.key)).map(({ entry }) => entry);
}
