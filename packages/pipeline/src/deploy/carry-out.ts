import type { PipelineContext } from "../context.ts";
import { sealAll } from "../release/seal-all.ts";
import { deployedOf } from "./deployed-state.ts";
import { type HostRun, mayGoOn, type RunContext } from "./host-run.ts";
import { hostRuns } from "./host-runs.ts";
import { type Journal, openJournal } from "./journal.ts";
import { outcomeOf } from "./outcome.ts";
import { reportOf, type Work, waveReport } from "./report.ts";
import type { DeployReport, HostReport } from "./reports.ts";
import { rolling } from "./rolling.ts";
import { lockAll, stageAll } from "./stage.ts";
import { together } from "./together.ts";
import { hostsOf, type PlannedWave, planWaves } from "./waves.ts";

export interface CarryOutContext extends PipelineContext {
  /** Called when the work must not be stopped any more. */
  readonly letGo: () => void;
  /** See {@link RunContext}. */
  readonly stop: AbortSignal | undefined;
  readonly started: Date;
  readonly adopt: boolean;
  readonly recorded: DeployReport["recorded"];
  /** The run that this one goes on with. */
  readonly resumes: string | undefined;
}

/** Seals the releases and brings them to every host that needs something, as the policy says. */
export async function carryOut(work: Work, context: CarryOutContext): Promise<DeployReport> {
  const sealed = await sealAll(work, context);
  const journal = await openJournal({ work: context.work, instance: work.outline.instance.full, now: context.now });
  const runs = hostRuns({ work, sealed });
  const active = runs.filter(({ steps }) => steps.length > 0);
  const waves = work.outline.definition.values.deploy.policy === "rolling" ? wavesOf(active, work) : undefined;
  const runContext = runContextOf(work, { ...context, journal });
  noteBegin({ work, runs }, { ...context, journal });
  context.onEvent({ type: "run", run: journal.run, instance: runContext.instance, hosts: active.length, ...(waves === undefined ? { policy: "together" } : { policy: "rolling", waves: waves.map(waveReport) }) }); // biome-ignore format: one line
  try {
    await bringOver(active, { waves, context: runContext });
    const outcome = outcomeOf(runs, runContext.lost);
    const { started, recorded } = context;
    const hosts = hostReports(work, runs);
    const report = reportOf(work, { started, outcome, hosts, recorded, run: journal.run, waves }, context);
    journal.note({ event: "end", outcome, hosts: report.hosts.map(({ host, outcome }) => ({ host, outcome })) });
    return report;
  } finally {
    await Promise.all(runs.map(({ lock }) => lock?.unlock()));
    await journal.close();
  }
}

function wavesOf(active: readonly HostRun[], { outline }: Work): readonly PlannedWave<HostRun>[] {
  return planWaves(active, outline.definition.values.deploy.waves);
}

function runContextOf(work: Work, context: CarryOutContext & { readonly journal: Journal }): RunContext {
  const { deploy } = work.outline.definition.values;
  const total = work.surveyed.length;
  return {
    ...context,
    instance: work.outline.instance.full,
    limit: deploy.parallel,
    by: work.state.keyring.fingerprint,
    deployed: deployedOf({ outline: work.outline, state: work.state.state }),
    lost: work.surveyed.filter(({ problem }) => problem !== undefined).length,
    allowed: {
      lost: hostsOf(deploy.maxUnreachable, total),
      failed: deploy.policy === "rolling" ? hostsOf(deploy.maxFailures, total) : 0,
    },
    takenBack: new Set(),
  };
}

/** All that whoever reads the journal of a killed run must know of hosts that nothing is done on. */
function noteBegin(
  { work, runs }: { work: Work; runs: readonly HostRun[] },
  { journal, resumes, redactor }: CarryOutContext & { readonly journal: Journal },
): void {
  journal.note({
    event: "begin",
    ...(resumes === undefined ? {} : { resumes }),
    projects: work.copies.map(({ project, version, id }) => ({ project, version, release: id })),
    hosts: work.surveyed.map(({ reached }) => reached.host.name),
  });
  for (const { reached, problem } of work.surveyed) {
    if (problem === undefined) continue;
    const { code, message } = problem;
    journal.note({ event: "unreachable", host: reached.host.name, code, message: redactor.redact(message) });
  }
  for (const { host } of runs.filter(({ steps }) => steps.length === 0))
    journal.note({ event: "unchanged", host: host.name });
}

/** Locks and stages all hosts, of all waves; then switches. */
async function bringOver(
  active: readonly HostRun[],
  { waves, context }: { waves: readonly PlannedWave<HostRun>[] | undefined; context: RunContext },
): Promise<void> {
  if (active.length === 0) return;
  await lockAll(active, context);
  // Somebody else at work is never a host that may fail.
  if (!mayGoOn(active, { ...context, allowed: { ...context.allowed, failed: 0 } })) return;
  await stageAll(active, context);
  if (!mayGoOn(active, context)) return;
  if (waves === undefined) await together(active, context);
  else await rolling(active, { waves, context });
}

function hostReports(work: Work, runs: readonly HostRun[]): HostReport[] {
  return work.surveyed.map(({ reached: { host }, problem }): HostReport => {
    const run = runs.find((one) => one.host.name === host.name);
    const outcome = run?.outcome ?? "unreachable";
    const found = run?.problem ?? problem;
    return { host: host.name, region: host.region, outcome, ...(found === undefined ? {} : { problem: found }) };
  });
}
