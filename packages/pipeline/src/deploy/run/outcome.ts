import type { DeployReport } from "../reports.ts";
import type { HostRun } from "./host-run.ts";

/**
 * How a run ended. `failed`: all hosts run what they ran before. Pure.
 *
 * @param lost how many hosts did not answer in the beginning
 */
export function outcomeOf(runs: readonly HostRun[], lost: number): DeployReport["outcome"] {
  const active = runs.filter(({ steps }) => steps.length > 0);
  if (lost === 0 && active.every(({ outcome }) => outcome === "done")) return "done";
  if (active.length === 0) return "partial"; // All that answered hold it already; others did not answer.
  return active.some(isChanged) ? "partial" : "failed";
}

/** It runs something else now, perhaps, or a command ran there that cannot be taken back. */
function isChanged({ outcome, switched, irreversible }: HostRun): boolean {
  return outcome === "done" || switched.length > 0 || irreversible;
}
