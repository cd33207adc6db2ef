import type { Manifest } from "@facsimile/manifest";
import { noSpace } from "./failures.ts";
import type { StagePlan } from "./stage-plan.ts";
import type { Probe } from "./types.ts";

/** What a file system takes for a name, at most: a block. */
const BLOCK = 4096;

/** @throws `NO_SPACE` when a host cannot hold what it would be sent. */
export function checkSpace(
  host: string,
  { plan, manifest, found }: { plan: StagePlan; manifest: Manifest; found: Pick<Probe, "freeBytes" | "freeInodes"> },
): void {
  const needed = plan.sentBytes + manifest.entries.length * BLOCK;
  if (found.freeBytes < needed)
    throw noSpace(host, `${mib(found.freeBytes)} MiB are free, the release needs ${mib(needed)} MiB`);
  const inodes = manifest.entries.length - plan.links.size;
  // 0: the file system counts none.
  const free = found.freeInodes || Number.POSITIVE_INFINITY;
  if (free < inodes) throw noSpace(host, `${free} inodes are free, the release needs ${inodes}`);
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
