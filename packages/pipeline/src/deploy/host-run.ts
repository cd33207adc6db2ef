import { FacsimileError, isFacsimileError } from "@facsimile/core";
import type { Definition, Hook, Host } from "@facsimile/definitions";
import type { Tree } from "@facsimile/manifest";
import { fanOut, type Lock, type Probe, type Session, type SwitchTarget } from "@facsimile/transport";
import type { PipelineContext } from "../context.ts";
import type { Copy, HostCopy } from "../release/release.ts";
import type { SealedRelease } from "../release/seal.ts";
import type { HookRequest } from "./hooks.ts";
import { problemOf } from "./hosts.ts";
import type { Journal } from "./journal.ts";
import type { HostOutcome } from "./reports.ts";
import type { Survey } from "./survey.ts";

/** What one host still has to do for one project. */
export interface Step {
  readonly copy: Copy;
  readonly definition: Definition;
  /** As the project sees it: its own targets. */
  readonly host: Host;
  readonly wanted: HostCopy;
  readonly found: Survey;
  readonly sealed: SealedRelease;
  /** Of the sealed release, with the files that hold secrets from memory. */
  readonly tree: Tree;
  /** `tree`: another tree, or the same made whole. `record`: the tree is right, its release has a new name. */
  readonly kind: "tree" | "record";
}

/** A host on its way through a run. Only the phases write to it. */
export interface HostRun {
  readonly host: Host;
  readonly session: Session;
  /** In the order of the projects; empty when the host holds everything already. */
  readonly steps: readonly Step[];
  lock?: Lock;
  /** What each project's place held when it was locked. */
  readonly probes: Map<string, Probe>;
  /** What was switched, in order, and what ran before: the way back. */
  readonly switched: { readonly step: Step; readonly before: SwitchTarget | undefined }[];
  /** Folder of `releases/` that each project was staged into. */
  readonly staged: Map<string, string>;
  /** A command ran that nothing can take back. */
  irreversible: boolean;
  outcome: HostOutcome;
  problem?: FacsimileError;
}

export interface RunContext extends PipelineContext {
  readonly journal: Journal;
  readonly adopt: boolean;
  /** Called when the work must not be stopped any more. */
  readonly letGo: () => void;
  /** Hosts worked on at once. */
  readonly limit: number;
  /** Of the key that signs: who deploys, as hosts remember it. */
  readonly by: string;
}

/** Notes what happened to a host: in the journal and to whoever watches. */
export function tell(
  run: HostRun,
  { journal, onEvent, redactor }: RunContext,
  phase: Parameters<typeof phaseEvent>[1],
): void {
  const message = run.problem === undefined ? undefined : redactor.redact(run.problem.message);
  onEvent(phaseEvent(run, phase, message));
  journal.note({
    event: phase,
    host: run.host.name,
    ...(message === undefined ? {} : { code: run.problem?.code, message }),
  });
}

type HostEvent = Extract<Parameters<PipelineContext["onEvent"]>[0], { type: "host" }>;

function phaseEvent({ host }: HostRun, phase: HostEvent["phase"], message: string | undefined): HostEvent {
  return { type: "host", host: host.name, phase, ...(message === undefined ? {} : { message }) };
}

/** A lost host, as opposed to one that answers and cannot do what it should. */
export function isUnreachable(run: HostRun): boolean {
  return run.outcome === "unreachable";
}

export function isReady(run: HostRun): boolean {
  return run.problem === undefined;
}

/** What the hooks of a step's release are run with. */
export function hookRequest(
  step: Step,
  { run, runs }: { readonly run: HostRun; readonly runs: readonly HostRun[] },
): HookRequest {
  const { copy, found, host } = step;
  const previous = found.probe.current?.release;
  return { host, lock: lockOf(run), place: found.place, release: copy.id, previous, isFirst: firstOf(step, runs) };
}

/** Whether a step's host is the first of all that would run the hook. */
function firstOf(step: Step, runs: readonly HostRun[]): (hook: Hook) => boolean {
  return ({ target }) => {
    const same = runs
      .flatMap(({ steps }) => steps)
      .filter(({ copy, kind }) => copy.project === step.copy.project && kind === "tree");
    const first = same.find(({ host }) => target === undefined || host.targets.some((one) => one === target));
    return first?.host.name === step.host.name;
  };
}

export function lockOf(run: HostRun): NonNullable<HostRun["lock"]> {
  if (run.lock === undefined) throw new Error(`${run.host.name} is not locked`);
  return run.lock;
}

/** Works on all that are ready, several at a time; a failure is its own host's. */
export async function forEach(
  runs: readonly HostRun[],
  context: RunContext,
  work: (run: HostRun) => Promise<void>,
): Promise<void> {
  const ready = runs.filter(isReady);
  const outcomes = await fanOut(ready, { limit: context.limit, signal: context.signal, work });
  for (const outcome of outcomes) {
    if (outcome.status === "done") continue;
    fail(outcome.item, outcome.status === "failed" ? outcome.error : undefined, context);
  }
}

const LOST = ["HOST_UNREACHABLE", "CONNECTION_LOST"];

function fail(run: HostRun, error: unknown, context: RunContext): void {
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
  return LOST.some((code) => isFacsimileError(problem, code)) ? "unreachable" : "failed";
}
