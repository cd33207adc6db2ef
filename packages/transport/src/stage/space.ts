import type { FacsimileError } from "@facsimile/core";
import type { Manifest } from "@facsimile/manifest";
import { noSpace } from "../failures.ts";
import type { Probe } from "../probe-types.ts";
import type { StagePlan } from "./stage-plan.ts";

/** What a host would be sent. */
export interface SpaceNeed {
  readonly bytes: number;
  /** Files, folders and links that are new there; what is linked from the running tree needs none. */
  readonly inodes: number;
}

/** What a file system takes for a small file or a folder, beside its bytes: a block. */
const BLOCK = 4096;
/** Nobody fills a disk to its last byte. */
const RESERVE = 1.1;

/** `NO_SPACE` when a host cannot hold what it would be sent. Pure. */
export function spaceProblem(
  host: string,
  { need, found }: { readonly need: SpaceNeed; readonly found: Pick<Probe, "base" | "freeBytes" | "freeInodes"> },
): FacsimileError | undefined {
  const { base, freeBytes, freeInodes } = found;
  const needed = (need.bytes + need.inodes * BLOCK) * RESERVE;
  if (freeBytes < needed)
    return noSpace(host, `${sizeText(freeBytes)} are free for ${base}, ${sizeText(needed)} are needed`);
  // 0: the file system counts none.
  const free = freeInodes || Number.POSITIVE_INFINITY;
  return free < need.inodes
    ? noSpace(host, `${free} inodes are free for ${base}, ${need.inodes} are needed`)
    : undefined;
}

/** @throws `NO_SPACE` */
export function checkSpace(
  host: string,
  {
    plan,
    manifest,
    found,
  }: {
    plan: Pick<StagePlan, "sentBytes" | "links">;
    manifest: Manifest;
    found: Parameters<typeof spaceProblem>[1]["found"];
  },
): void {
  const need = { bytes: plan.sentBytes, inodes: manifest.entries.length - plan.links.size };
  const problem = spaceProblem(host, { need, found });
  if (problem !== undefined) throw problem;
}

/** By powers of 1000, as disks are sold. */
function sizeText(bytes: number): string {
  const power = bytes < 1e6 ? 1 : bytes < 1e9 ? 2 : 3;
  return `${(bytes / 1000 ** power).toFixed(1)} ${["", "kB", "MB", "GB"][power]}`;
}
