import { FacsimileError, isFacsimileError } from "@facsimile/core";
import { fanOut } from "@facsimile/transport";
import { assertBack } from "./changed-copy.ts";
import { hidingFound } from "./hiding.ts";
import { runHooks } from "./hooks.ts";
import { goalOf, type HostRun, isReady, lockOf, type RunContext, type Step, tell } from "./host-run.ts";
import { confirmAll } from "./switch.ts";
import type { SwitchContext } from "./switch-context.ts";

/**
 * After a failure: everything that was switched goes back. Past an irreversible command, of any host of the run, nothing
 * goes back by itself: those that are well keep what they run.
 */
export async function takeBack(
  runs: readonly HostRun[],
  { all, context }: { readonly all: readonly HostRun[]; readonly context: SwitchContext },
): Promise<void> {
  if (isIrreversible(all))
    await confirmAll(runs.filter((run) => isReady(run) && run.switched.length > 0), context); // biome-ignore format: one line
  else await revertAll(runs, context);
}

export function isIrreversible(runs: readonly HostRun[]): boolean {
  return runs.some(({ irreversible }) => irreversible);
}

/**
 * Takes every switched host back to what ran before, and runs the commands of that release. A host that cannot go back
 * keeps its first problem and is `failed`: it now differs.
 */
export async function revertAll(runs: readonly HostRun[], context: RunContext): Promise<void> {
  const switched = runs.filter((run) => run.switched.length > 0 && !isFacsimileError(run.problem, "NOT_REVERTED"));
  await fanOut(switched, { limit: context.limit, work: (run) => revert(run, context) });
}

/** {@link revertAll}, for one. */
export async function revert(run: HostRun, context: RunContext): Promise<void> {
  try {
    await backToAll(run, context);
    run.isBack = run.switched.some((one) => !isSame(one, run));
    run.switched.length = 0;
    run.outcome = run.problem === undefined ? "reverted" : "failed";
    if (isFacsimileError(run.problem, "SWITCH_UNKNOWN")) run.problem = lossBefore(run.problem);
    tell(run, context, "reverted");
  } catch (error) {
    if (isFacsimileError(run.problem, "SWITCH_UNKNOWN")) return; // That says it: nobody knows, and nobody can ask.
    run.problem = cannotGoBack(run, error);
    run.outcome = "failed";
    tell(run, context, "failed");
  }
}

/**
 * Switches all projects back, then runs the commands of each that is back: what fails keeps nothing else from its way back.
 *
 * @throws The first failure, when all is tried.
 */
async function backToAll(run: HostRun, context: RunContext): Promise<void> {
  const failures: unknown[] = [];
  const tried = async (work: Promise<unknown>): Promise<boolean> => {
    const error = await work.then(() => undefined, (reason: unknown) => ({ reason })); // biome-ignore format: one line
    if (error !== undefined) failures.push(error.reason);
    return error === undefined;
  };
  const back: Step[] = [];
  // What ran already only had its commands run again: it stays, and is not yet at its end.
  for (const { step, before } of run.switched.filter((one) => !isSame(one, run)).toReversed()) {
    const { place } = step.found;
    if (await tried(lockOf(run, place).switch(place, before))) back.push(step);
  }
  for (const step of back) {
    const { place } = step.found;
    if (step.kind === "record" || (await tried(runOldHooks(run, step, context)))) await tried(lockOf(run, place).rest(place)); // biome-ignore format: one line
    await tried(assertBack(run, step, context));
  }
  if (failures.length > 0) throw failures[0];
}

function isSame({ step, before }: HostRun["switched"][number], run: HostRun): boolean {
  return before?.dir === goalOf(step, run) && before.release === step.copy.id;
}

/** It is known again what runs there. */
function lossBefore(problem: FacsimileError): FacsimileError {
  return isFacsimileError(problem.cause) ? problem.cause : problem;
}

async function runOldHooks(run: HostRun, { found, copy }: Step, context: RunContext): Promise<void> {
  if (found.release === undefined) return;
  const { id, hooks } = found.release;
  const isFirst = (hook: (typeof hooks.postcmd)[number]) => {
    const name = `${copy.project} ${id} ${hooks.postcmd.indexOf(hook)}`;
    return !context.takenBack.has(name) && context.takenBack.add(name) !== undefined;
  };
  const request = {
    host: run.host,
    lock: lockOf(run, found.place),
    place: found.place,
    release: id,
    previous: copy.id,
    isFirst,
  };
  await runHooks(hooks.postcmd, request, hidingFound(found, run, context));
}

function cannotGoBack(run: HostRun, error: unknown): FacsimileError {
  const first = run.problem === undefined ? "" : `${run.problem.message}\n    `;
  if (isFacsimileError(error, "COPY_CHANGED")) return new FacsimileError("NOT_REVERTED", `${first}${run.host.name} is back, and ${error.message.slice(run.host.name.length + 1)}`, { cause: error, hint: error.hint }); // biome-ignore format: one line
  const why = isFacsimileError(error) ? error.message : String(error);
  return new FacsimileError("NOT_REVERTED", `${first}${run.host.name} could not be taken back: ${why}`, {
    cause: error,
    hint: `Look at ${run.host.name} yourself: what runs there is not known for sure.`,
  });
}
