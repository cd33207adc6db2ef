import { isFacsimileError } from "@facsimile/core";
import type { PipelineContext } from "../../context.ts";
import { type Journal, openJournal } from "../journal/journal.ts";
import { type Stopped, waveReport } from "../plan/wave-report.ts";
import { hostsOf, type PlannedWave, planWaves } from "../plan/waves.ts";
import { type Reported, reportOf, type Work } from "../report.ts";
import type { DeployReport, HostReport } from "../reports.ts";
import { isHealthAsked } from "./health-asked.ts";
import { type HostRun, mayGoOn, type RunContext } from "./host-run.ts";
import { noteBegin, noteLost } from "./journal-begin.ts";
import { outcomeOf } from "./outcome.ts";
import { rolling } from "./rolling.ts";
import { lockAll, stageAll } from "./stage.ts";
import type { Stopwatch } from "./stopwatch.ts";
import { together } from "./together.ts";

export interface CarryOutContext extends PipelineContext {
  readonly action: RunContext["action"];
  /** See {@link RunContext}. */
  readonly by: string;
  /** See {@link RunContext}. */
  readonly deployed: RunContext["deployed"];
  /** Called when the work must not be stopped any more. */
  readonly letGo: () => void;
  /** See {@link RunContext}. */
  readonly stop: AbortSignal | undefined;
  readonly watch: Stopwatch;
  /** See {@link RunContext}. */
  readonly chosen?: RunContext["chosen"];
  /** See {@link RunContext}. */
  readonly hidesOutput?: RunContext["hidesOutput"];
  /** See {@link RunContext}. */
  readonly hidesBack?: RunContext["hidesBack"];
  readonly adopt: boolean;
  readonly allowDeletes: boolean;
  readonly recorded: DeployReport["recorded"];
  /** The run that this one goes on with. */
  readonly resumes: string | undefined;
  /** As the journal may hold it. Default: nothing. */
  readonly set?: readonly string[] | undefined;
}

/** What is to be done, on every host that answered. */
export interface Carried extends Reported, Pick<Work, "surveyed"> {
  readonly runs: readonly HostRun[];
}

/** Brings releases to every host that needs something, as the policy says. */
export async function carryOut(work: Carried, context: CarryOutContext): Promise<DeployReport> {
  const { runs } = work;
  const onFailure = (message: string) => context.onEvent({ type: "warning", message, hint: HALF_NOTED });
  const journal = await openJournal({ work: context.work, instance: work.outline.instance.full, now: context.now, onFailure }); // biome-ignore format: one line
  const active = runs.filter(({ steps }) => steps.length > 0);
  const waves = work.outline.definition.values.deploy.policy === "rolling" ? wavesOf(active, work) : undefined;
  const runContext = runContextOf(work, { ...context, journal });
  noteIdle(work, { ...context, journal });
  context.onEvent({ type: "run", run: journal.run, instance: runContext.instance, hosts: active.length, ...(waves === undefined ? { policy: "together" } : { policy: "rolling", waves: waves.map(waveReport) }) }); // biome-ignore format: one line
  try {
    const stopped = await bringOver(active, { waves, context: runContext });
    const outcome = outcomeOf(runs, runContext.lost);
    const { watch, recorded } = context;
    const hosts = hostReports(work);
    const report = reportOf(work, { watch, outcome, hosts, recorded, run: journal.run, waves, stopped });
    journal.note({ event: "end", outcome, hosts: report.hosts.map(({ host, outcome }) => ({ host, outcome })) });
    return report;
  } finally {
    await Promise.all(runs.flatMap(({ locks }) => [...locks.values()].map((lock) => lock.unlock())));
    await journal.close();
  }
}

const HALF_NOTED = "The run goes on; --resume would know only what was noted until now. Make room on that disk.";

function wavesOf(active: readonly HostRun[], { outline }: Carried): readonly PlannedWave<HostRun>[] {
  return planWaves(active, outline.definition.values.deploy.waves);
}

function runContextOf(work: Carried, context: CarryOutContext & { readonly journal: Journal }): RunContext {
  const { deploy } = work.outline.definition.values;
  const total = work.surveyed.length;
  return {
    ...context,
    instance: work.outline.instance.full,
    limit: deploy.parallel,
    lost: work.surveyed.filter(({ problem }) => problem !== undefined).length,
    allowed: {
      lost: hostsOf(deploy.maxUnreachable, total),
      failed: deploy.policy === "rolling" ? hostsOf(deploy.maxFailures, total) : 0,
    },
    takenBack: new Set(),
  };
}

/** All that whoever reads the journal of a killed run must know of hosts that nothing is done on. */
function noteIdle(work: Carried, { journal, ...context }: CarryOutContext & { readonly journal: Journal }): void {
  noteBegin(journal, { ...work, ...context });
  noteLost(journal, { ...work, ...context });
  for (const { host } of work.runs.filter(({ steps }) => steps.length === 0))
    journal.note({ event: "unchanged", host: host.name });
}

/** Locks and stages all hosts, of all waves; then switches. @returns Where a rolling run did not go on. */
async function bringOver(
  active: readonly HostRun[],
  { waves, context }: { waves: readonly PlannedWave<HostRun>[] | undefined; context: RunContext },
): Promise<Stopped | undefined> {
  if (active.length === 0) return undefined;
  const none = waves === undefined ? undefined : { wave: 1, begun: false };
  await lockAll(active, context);
  // Somebody else at work is never a host that may fail.
  const strict = { ...context, allowed: { ...context.allowed, failed: 0 } };
  if (!mayGoOn(active, strict)) return none;
  await stageAll(active, context);
  // The way back must be whole on every host before the first takes it.
  const isStrict = context.action === "rollback" || active.some(({ problem }) => isAsked(problem));
  if (!mayGoOn(active, isStrict ? strict : context)) return none;
  if (waves !== undefined) return await rolling(active, { waves, context });
  await together(active, context);
  return undefined;
}

/** What was found so late is no failure of one host: somebody is to say what is meant. */
function isAsked(problem: HostRun["problem"]): boolean {
  return ["HOST_MOVED", "SHRINKS"].some((code) => isFacsimileError(problem, code));
}

function hostReports({ surveyed, runs, copies }: Carried): HostReport[] {
  const projects = copies.map(({ project }) => project);
  return surveyed.map(({ reached: { host }, problem, projects: held }): HostReport => {
    const run = runs.find((one) => one.host.name === host.name);
    const outcome = run?.outcome ?? "unreachable";
    const found = run?.problem ?? problem;
    const healthy = isHealthAsked({ run, found: held, projects });
    return {
      host: host.name,
      region: host.region,
      outcome,
      ...(found === undefined ? {} : { problem: found }),
      ...switchedOf(run),
      ...(healthy === undefined ? {} : { healthy }),
    };
  });
}

/** What a host runs that failed after its switch. */
function switchedOf(run: HostRun | undefined): Pick<HostReport, "switched" | "behind"> {
  if (run === undefined || !["failed", "unreachable"].includes(run.outcome)) return {};
  if (run.switched.length === 0) return run.isBack ? { switched: "back" } : {};
  return ["NOT_REVERTED", "SWITCH_UNKNOWN"].includes(run.problem?.code ?? "")
    ? {}
    : { switched: "kept", ...behindOf(run) };
}

function behindOf({ steps, switched }: HostRun): Pick<HostReport, "behind"> {
  const left = steps.filter((step) => step.kind !== "record" && switched.every((one) => one.step !== step));
  return left.length === 0 ? {} : { behind: left.map(({ copy }) => copy.project) };
}
