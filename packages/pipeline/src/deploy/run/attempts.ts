import { FacsimileError, isFacsimileError } from "@facsimile/core";
import type { Host } from "@facsimile/definitions";
import { fanOut } from "@facsimile/transport";
import { problemOf } from "../look/hosts.ts";
import { type HostRun, isReady, type RunContext, tell } from "./host-run.ts";

/** Works on all that are ready, several at a time; a failure is its own host's. */
export async function forEach(
  runs: readonly HostRun[],
  context: RunContext,
  work: (run: HostRun) => Promise<void>,
): Promise<void> {
  const { limit, signal } = context;
  const outcomes = await fanOut(runs.filter(isReady), { limit, signal, work: (run) => attempt(run, context, work) });
  for (const { item, status } of outcomes) if (status === "skipped") fail(item, undefined, context);
}

/** Works on one host; a failure is written into it, and told. */
export async function attempt(run: HostRun, context: RunContext, work: (run: HostRun) => Promise<void>): Promise<void> {
  try {
    await work(run);
  } catch (error) {
    fail(run, error, context);
  }
}

const LOST = ["HOST_UNREACHABLE", "CONNECTION_LOST", "SWITCH_UNKNOWN"];

/** The host cannot be asked any more. */
export function isLoss(error: unknown): boolean {
  return LOST.some((code) => isFacsimileError(error, code));
}

/** @param error `undefined`: the run was stopped */
export function fail(run: HostRun, error: unknown, context: RunContext): void {
  run.problem = anyProblemOf(error, run.host);
  run.outcome = outcomeOf(run.problem);
  if (run.outcome !== "not tried") tell(run, context, run.outcome);
}

// Also a mistake of ours is the host's failure here: thrown on, it would leave hosts switched that should go back.
function anyProblemOf(error: unknown, host: Host): FacsimileError {
  try {
    return problemOf(error, host);
  } catch (cause) {
    const told = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    return new FacsimileError("UNEXPECTED", `${host.name}: ${told}`, { cause });
  }
}

function outcomeOf(problem: FacsimileError): "failed" | "unreachable" | "not tried" {
  if (isFacsimileError(problem, "STOPPED")) return "not tried";
  return isLoss(problem) ? "unreachable" : "failed";
}
