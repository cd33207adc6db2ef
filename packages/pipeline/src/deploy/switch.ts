import type { HistoryEntry } from "@facsimile/transport";
import { awaitHealth, runHooks } from "./hooks.ts";
import { forEach, type HostRun, hookRequest, lockOf, type RunContext, type Step, tell } from "./host-run.ts";

/** Switches every host, project by project; then its commands and its health. */
export async function switchAll(runs: readonly HostRun[], context: RunContext): Promise<void> {
  await forEach(runs, context, async (run) => {
    for (const step of run.steps) await switchStep(step, { run, runs }, context);
    tell(run, context, "switched");
  });
}

async function switchStep(
  step: Step,
  { run, runs }: { run: HostRun; runs: readonly HostRun[] },
  context: RunContext,
): Promise<void> {
  const { copy, found, kind } = step;
  const lock = lockOf(run);
  const dir = run.staged.get(copy.project) ?? step.wanted.treeId;
  // Noted first: a connection that breaks in the middle of it may have left the host switched.
  const { current } = found.probe;
  run.switched.push({ step, before: current && { dir: current.dir, release: current.release } });
  await lock.switch(found.place, { dir, release: copy.id });
  if (kind === "record") return;
  const request = hookRequest(step, { run, runs });
  try {
    run.irreversible = (await runHooks(copy.hooks.postcmd, request, context)) || run.irreversible;
  } catch (error) {
    run.irreversible ||= (error as { irreversible?: boolean }).irreversible === true;
    throw error;
  }
  await awaitHealth(copy.hooks.health, request, context);
}

/** Makes the switch final: history, pruning, and the snapshot that later probes compare with. */
export async function confirmAll(runs: readonly HostRun[], context: RunContext): Promise<void> {
  await forEach(runs, context, async (run) => {
    for (const { step } of run.switched) {
      const { found, definition, host } = step;
      const keep = definition.view(host).deploy.keep;
      await lockOf(run).confirm(found.place, { ...found.options, entry: historyEntry(step, run, context), keep });
    }
    run.outcome = "done";
    tell(run, context, "confirmed");
  });
}

function historyEntry({ copy, wanted }: Step, run: HostRun, { journal, now, by }: RunContext): HistoryEntry {
  const dir = run.staged.get(copy.project) ?? wanted.treeId;
  return {
    release: copy.id,
    dir,
    version: copy.version,
    run: journal.run,
    by,
    at: now().toISOString(),
    action: "deploy",
  };
}
