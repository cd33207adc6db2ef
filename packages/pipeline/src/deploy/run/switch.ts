import { FacsimileError, isFacsimileError } from "@facsimile/core";
import type { HistoryEntry, SwitchTarget } from "@facsimile/transport";
import { problemOf } from "../look/hosts.ts";
import { forEach, isLoss } from "./attempts.ts";
import { assertCopies } from "./changed-copy.ts";
import { hidingFound } from "./hiding.ts";
import { awaitHealth, type HookRequest, runHooks } from "./hooks.ts";
import { goalOf, type HostRun, lockOf, type RunContext, type Step, tell } from "./host-run.ts";
import { isNotBegun } from "./not-begun.ts";
import type { OnceHooks } from "./once.ts";
import { keepOf } from "./stage.ts";
import type { SwitchContext } from "./switch-context.ts";

/** Runs the commands that come before the switch. */
export async function precmdAll(runs: readonly HostRun[], context: SwitchContext): Promise<void> {
  await forEach(runs, context, (run) => runPrecmd(run, context));
}

export async function runPrecmd(run: HostRun, context: SwitchContext): Promise<void> {
  for (const step of moving(run)) await runCommands("precmd", { step, run }, hidingFound(step.found, run, context));
}

/** Switches every host. */
export async function switchAll(runs: readonly HostRun[], context: SwitchContext): Promise<void> {
  await forEach(runs, context, (run) => switchHost(run, context));
}

/** Switches a host, project by project; after each, its commands and its health. */
export async function switchHost(run: HostRun, context: SwitchContext): Promise<void> {
  for (const step of run.steps) {
    await switchStep(step, run, context);
    if (step.kind === "record") continue;
    await runCommands("postcmd", { step, run }, context);
    await healthOf(step, { run }, context);
  }
  tell(run, context, "switched");
}

async function switchStep(step: Step, run: HostRun, context: RunContext): Promise<void> {
  const { copy, found } = step;
  // Noted first: a connection that breaks in the middle of it may have left the host switched.
  run.switched.push({ step, before: targetOf(found.probe.current) });
  try {
    await lockOf(run, found.place).switch(found.place, { dir: goalOf(step, run), release: copy.id });
  } catch (error) {
    if (isNotBegun(error)) run.switched.pop();
    throw isLoss(error) ? unknown(run, { error, instance: context.instance }) : error;
  }
}

function targetOf(current: Step["found"]["probe"]["current"]): SwitchTarget | undefined {
  return current && { dir: current.dir, release: current.release };
}

function unknown({ host }: HostRun, { error, instance }: { error: unknown; instance: string }): FacsimileError {
  const message = `${host.name}: the connection was lost during the switch; unknown whether it switched`;
  return new FacsimileError("SWITCH_UNKNOWN", message, {
    cause: error,
    hint: `What runs there: facs status ${instance}. A deploy begins by looking, and brings it to its end.`,
  });
}

async function runCommands(
  kind: "precmd" | "postcmd",
  { step, run }: { step: Step; run: HostRun },
  context: SwitchContext,
): Promise<void> {
  await runHooks(step.copy.hooks[kind], hookRequest(step, { run, once: context.once }), context);
}

/** Asks anew whether all that a host switched is well. */
export async function healthAgain(run: HostRun, context: SwitchContext): Promise<void> {
  for (const step of moving(run)) await healthOf(step, { run }, context);
}

async function healthOf(step: Step, { run }: { run: HostRun }, context: SwitchContext): Promise<void> {
  await awaitHealth(step.copy.hooks.health, hookRequest(step, { run, once: context.once }), context);
}

/** Steps after which something else runs. */
function moving({ steps }: HostRun): readonly Step[] {
  return steps.filter(({ kind }) => kind !== "record");
}

/** Makes the switch final: history, and the snapshot that later probes compare with. */
export async function confirmAll(runs: readonly HostRun[], context: RunContext): Promise<void> {
  await forEach(runs, context, async (run) => {
    for (const { step } of run.switched) {
      const probe = run.probes.get(step.copy.project);
      const entry = historyEntry(step, run, context);
      const { place } = step.found;
      const confirming = lockOf(run, place).confirm(place, { entry, state: context.deployed, probe, keep: keepOf(step) }); // biome-ignore format: one line
      await confirming.catch((error: unknown) => {
        throw notConfirmed(run, error);
      });
    }
    await assertCopies(run, context).catch((error: unknown) => {
      throw isFacsimileError(error, "COPY_CHANGED") ? error : notSeen(run, error);
    });
    run.outcome = "done";
    tell(run, context, "confirmed");
  });
}

/** It stays as it is: all is well there, and others are confirmed. The next deploy ends it. */
function notConfirmed({ host }: HostRun, error: unknown): FacsimileError {
  const { message, hint } = problemOf(error, host);
  return new FacsimileError("NOT_CONFIRMED", `${host.name} switched and is well; that could not be noted there: ${message}`, { cause: error, hint }); // biome-ignore format: one line
}

/** The same, but that it was noted: the line broke, or paths come and go there all the time. */
function notSeen({ host }: HostRun, error: unknown): FacsimileError {
  const { message, hint } = problemOf(error, host);
  return new FacsimileError("NOT_CONFIRMED", `${host.name} switched and is well; whether its copy is exact after its commands could not be seen: ${message}`, { cause: error, hint }); // biome-ignore format: one line
}

function historyEntry(step: Step, run: HostRun, { instance, journal, now, by, action }: RunContext): HistoryEntry {
  const { copy } = step;
  return {
    instance,
    release: copy.id,
    dir: goalOf(step, run),
    version: copy.version,
    run: journal.run,
    by,
    at: now().toISOString(),
    action,
    alone: step.found.options.alone,
  };
}

/** What the hooks of a step's release are run with. */
function hookRequest(step: Step, { run, once }: { readonly run: HostRun; readonly once: OnceHooks }): HookRequest {
  const { copy, found } = step;
  return {
    host: run.host,
    lock: lockOf(run, found.place),
    place: found.place,
    release: copy.id,
    previous: found.probe.current?.release,
    isFirst: (hook) => once.isFirst(step, hook),
    ran: (hook) => once.ran(step, hook),
    past: run,
  };
}
