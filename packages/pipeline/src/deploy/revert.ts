import { FacsimileError, isFacsimileError } from "@facsimile/core";
import { fanOut } from "@facsimile/transport";
import { runHooks } from "./hooks.ts";
import { type HostRun, lockOf, type RunContext, tell } from "./host-run.ts";

/**
 * Takes every switched host back to what ran before, and runs the commands of that release. A host that cannot go back
 * keeps its first problem and is `failed`: it now differs.
 */
export async function revertAll(runs: readonly HostRun[], context: RunContext): Promise<void> {
  const switched = runs.filter((run) => run.switched.length > 0);
  await fanOut(switched, { limit: context.limit, work: (run) => revert(run, context) });
}

async function revert(run: HostRun, context: RunContext): Promise<void> {
  const failedBefore = run.problem;
  try {
    for (const { step, before } of run.switched.toReversed()) {
      await lockOf(run).switch(step.found.place, before);
      if (step.kind === "tree") await runOldHooks(run, { step }, context);
    }
    run.switched.length = 0;
    run.outcome = failedBefore === undefined ? "reverted" : "failed";
    tell(run, context, "reverted");
  } catch (error) {
    run.problem = cannotGoBack(run, error);
    run.outcome = "failed";
    tell(run, context, "failed");
  }
}

async function runOldHooks(
  run: HostRun,
  { step }: { step: HostRun["switched"][number]["step"] },
  context: RunContext,
): Promise<void> {
  const { found, host, copy } = step;
  if (found.release === undefined) return;
  const request = {
    host,
    lock: lockOf(run),
    place: found.place,
    release: found.release.id,
    previous: copy.id,
    isFirst: () => true,
  };
  await runHooks(found.release.hooks.postcmd, request, context);
}

function cannotGoBack(run: HostRun, error: unknown): FacsimileError {
  const why = isFacsimileError(error) ? error.message : String(error);
  const first = run.problem === undefined ? "" : `${run.problem.message}\n    `;
  return new FacsimileError("NOT_REVERTED", `${first}${run.host.name} could not be taken back: ${why}`, {
    cause: error,
    hint: `Look at ${run.host.name} yourself: what runs there is not known for sure.`,
  });
}
