import { setImmediate } from "node:timers/promises";

/** Steps between two looks at what else there is to do; a step reads at most 256 KiB, so that this is some milliseconds. */
const STEPS = 32;

/**
 * Goes through `steps`, letting others work now and then. Small files cost less time this way than as promises: measured
 * over 20,000 files, a third, and the disk is no less busy.
 */
export async function inSlices<Result>(steps: Generator<unknown, Result>): Promise<Result> {
  for (let n = 1; ; n++) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (n % STEPS === 0) await setImmediate();
  }
}
