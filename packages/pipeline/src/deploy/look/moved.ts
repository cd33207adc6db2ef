import { isDeepStrictEqual } from "node:util";
import type { Probe } from "@facsimile/transport";

/** Whether another tree or release runs now, or paths moved that had not moved before. Pure. */
export function isMoved(before: Probe, now: Probe): boolean {
  const seen = ({ current, snapshot, moved }: Probe) => ({
    dir: current?.dir,
    release: current?.release,
    snapshot,
    moved,
  });
  return !isDeepStrictEqual(seen(before), seen(now));
}
