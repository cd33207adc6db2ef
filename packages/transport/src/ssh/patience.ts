import { setTimeout as sleep } from "node:timers/promises";
import { isFacsimileError } from "@facsimile/core";

/** Milliseconds, give or take a half by chance: those who were turned away together come back one by one. */
const PAUSES = [300, 700, 1500];

/** What a failure carries that may be gone a moment later, and left nothing behind. */
export interface PassingFailure {
  readonly passing: true;
}

/** Attempts to connect, again where the failure is passing; the last one tells. Nothing else is safe to do twice. */
export async function patiently<T>(attempt: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  for (const pause of PAUSES) {
    try {
      return await attempt();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await sleep(pause * (0.5 + Math.random()), undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  }
  return await attempt();
}

function isPassing(error: unknown): boolean {
  return isFacsimileError(error) && (error as Partial<PassingFailure>).passing === true;
}
