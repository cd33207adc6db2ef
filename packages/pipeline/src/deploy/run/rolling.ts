import { setTimeout as sleep } from "node:timers/promises";
import { fanOut } from "@facsimile/transport";
import type { Stopped } from "../plan/wave-report.ts";
import type { PlannedWave } from "../plan/waves.ts";
import { attempt, fail, forEach } from "./attempts.ts";
import { type HostRun, isFailed, isReady, isUnreachable, type RunContext } from "./host-run.ts";
import { onceHooks } from "./once.ts";
import { isIrreversible, revert, revertAll, takeBack } from "./revert.ts";
import { confirmAll, healthAgain, runPrecmd, switchHost } from "./switch.ts";
import type { SwitchContext } from "./switch-context.ts";

/**
 * All hosts are staged: switches them wave by wave. A host that fails goes back by itself; when more fail than may, or
 * one that was to run a command for all, their wave goes back, and the waves after it are not tried.
 *
 * @returns Where it did not go on.
 */
export async function rolling(
  active: readonly HostRun[],
  { waves, context }: { readonly waves: readonly PlannedWave<HostRun>[]; readonly context: RunContext },
): Promise<Stopped | undefined> {
  context.letGo(); // What is begun is ended; whoever asks to stop is heard between hosts.
  const ready = waves.flatMap(({ members }) => members).filter(isReady);
  const run: Rolling = { all: active, left: new Set(active.filter(isUnreachable)), waves, context: { ...context, once: onceHooks(ready, ["precmd", "postcmd"]) } }; // biome-ignore format: one line
  const stopped = await rollWaves(run);
  if (context.stop?.aborted) for (const one of ready.filter(isUntouched)) fail(one, undefined, context);
  return stopped;
}

async function rollWaves(run: Rolling): Promise<Stopped | undefined> {
  for (const [index, wave] of run.waves.entries()) {
    if (mustStop(run)) return { wave: index + 1, begun: false };
    await rollWave(wave, { index, ...run });
    if (isSpent(run) || wave.members.some(isUntouched)) return { wave: index + 1, begun: true };
  }
  return undefined;
}

function isUntouched(one: HostRun): boolean {
  return isReady(one) && one.outcome === "not tried";
}

interface Rolling {
  readonly all: readonly HostRun[];
  /** Lost before all was staged: of those the definition says how many may be. */
  readonly left: ReadonlySet<HostRun>;
  readonly waves: readonly PlannedWave<HostRun>[];
  readonly context: SwitchContext;
}

async function rollWave(wave: PlannedWave<HostRun>, { index, ...run }: Rolling & { index: number }): Promise<void> {
  const { context } = run;
  const members = wave.members.filter(isReady);
  const number = { wave: index + 1, of: run.waves.length };
  const { name, max, soak } = wave;
  const hosts = members.map(({ host }) => host.name);
  context.journal.note({ event: "wave", ...number, name, hosts, max, soak });
  context.onEvent({ type: "wave", ...number, name, hosts: hosts.length, max });
  await rollMembers(members, { limit: Math.min(max ?? context.limit, context.limit), ...run });
  const switched = members.filter(({ switched }) => switched.length > 0);
  if (!isSpent(run) && soak !== undefined && switched.some(isReady)) {
    context.onEvent({ type: "soak", ...number, seconds: soak });
    await wait(soak, context.stop);
    await forEach(switched, context, (one) => healthAgain(one, context));
    if (!isIrreversible(run.all)) await revertAll(switched.filter((one) => !isReady(one)), context); // biome-ignore format: one line
  }
  if (isSpent(run)) await takeBack(members, { all: run.all, context });
  else await confirmAll(members.filter(({ switched }) => switched.length > 0), context); // biome-ignore format: one line
}

/** Those that run a `precmd` for all do that first: before it has ended, none of the wave switches, and no other begins. */
async function rollMembers(members: readonly HostRun[], { limit, ...run }: Rolling & { limit: number }): Promise<void> {
  const leading = members.filter(run.context.once.leads);
  const begun = new Set<HostRun>();
  await fanOut(leading, { limit, work: (one) => lead(one, { ...run, begun }) });
  const others = members.filter((one) => !leading.includes(one));
  await fanOut([...leading.filter(isReady), ...others], { limit, work: (one) => roll(one, { ...run, begun }) });
}

async function lead(one: HostRun, { begun, ...run }: Rolling & { begun: Set<HostRun> }): Promise<void> {
  if (mustStop(run)) return;
  begun.add(one);
  await attempt(one, run.context, () => precmdOf(one, run.context));
}

async function precmdOf(one: HostRun, context: SwitchContext): Promise<void> {
  await renewLocks(one);
  await runPrecmd(one, context);
}

/** It may have waited for long: are they still there, and ours? */
async function renewLocks({ locks }: HostRun): Promise<void> {
  for (const lock of locks.values()) await lock.renew();
}

/** Brings one host over, unless the run has to stop. It keeps its slot until it is well, or back. */
async function roll(one: HostRun, { begun, ...run }: Rolling & { begun: ReadonlySet<HostRun> }): Promise<void> {
  // What is begun is ended, also where somebody asks to stop.
  if (begun.has(one) ? isSpent(run) : mustStop(run)) return;
  const { context } = run;
  await attempt(one, context, async () => {
    await (begun.has(one) ? renewLocks(one) : precmdOf(one, context));
    await switchHost(one, context);
  });
  if (!isReady(one) && one.switched.length > 0 && !isIrreversible(run.all)) await revert(one, context);
}

function mustStop(run: Rolling): boolean {
  return isSpent(run) || run.context.stop?.aborted === true;
}

/** More hosts failed than may, or one that was to do something for all. */
function isSpent({ all, left, context }: Rolling): boolean {
  const failed = all.filter((one) => isFailed(one) || (isUnreachable(one) && !left.has(one)));
  return failed.length > context.allowed.failed || failed.some(context.once.owes);
}

async function wait(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined); // Stopped: what is switched is looked at all the same.
}
