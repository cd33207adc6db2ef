import type { FacsimileError } from "@facsimile/core";
import type { Definition, Host } from "@facsimile/definitions";
import type { Tree } from "@facsimile/manifest";
import type { DeployedState, Lock, Place, Probe, Session, SwitchTarget } from "@facsimile/transport";
import type { PipelineContext } from "../../context.ts";
import type { Copy, HostCopy, Release } from "../../release/release.ts";
import type { SealedRelease } from "../../release/seal.ts";
import type { Journal } from "../journal/journal.ts";
import type { Survey } from "../look/survey.ts";
import type { HostOutcome } from "../reports.ts";

/** What one host still has to do for one project. */
export interface Step {
  readonly copy: Pick<Copy, "id" | "project" | "version" | "hooks">;
  readonly definition: Definition;
  /** As the project sees it: its own targets. Commands go by those of {@link HostRun.host}. */
  readonly host: Host;
  readonly wanted: Pick<HostCopy, "treeId" | "manifest">;
  readonly found: Survey;
  /** What the host is sent. Undefined: it holds the tree and the record of the release, and is to go back to them. */
  readonly send: Sent | undefined;
  /**
   * `tree`: another tree, or the same made whole. `switch`: the tree lies there, and is to run, with commands and health.
   * `record`: the tree is right and confirmed, its release has a new name.
   */
  readonly kind: "tree" | "switch" | "record";
  /** Folder of `releases/` where the tree lies, unless it is to be staged. Default: the current one. */
  readonly dir?: string | undefined;
}

export interface Sent {
  readonly sealed: SealedRelease;
  /** Of the sealed release, with the files that hold secrets from memory. */
  readonly tree: Tree;
}

/** A host on its way through a run. Only the phases write to it. */
export interface HostRun {
  /** As the instance has it: with all of its targets. */
  readonly host: Host;
  readonly session: Session;
  /** In the order of the projects; empty when the host holds everything already. */
  readonly steps: Step[];
  /** One for each home of its steps, by the home. */
  readonly locks: Map<string, Lock>;
  /** What each project's place held when it was locked. */
  readonly probes: Map<string, Probe>;
  /** What was switched, in order, and what ran before: the way back. */
  readonly switched: Switched[];
  /** Folder of `releases/` that each project was staged into. */
  readonly staged: Map<string, string>;
  /** A command that nothing can take back has begun. */
  irreversible: boolean;
  /** It was switched, and went back. */
  isBack: boolean;
  outcome: HostOutcome;
  problem?: FacsimileError;
}

export interface Switched {
  readonly step: Step;
  readonly before: SwitchTarget | undefined;
}

export interface RunContext extends PipelineContext {
  readonly instance: string;
  /** The choice of hosts as it is typed, a blank before it, for advice. Default: all hosts. */
  readonly chosen?: string | undefined;
  /** Releases may hold secrets that the state at hand does not know: nothing that commands print is shown. Default `false`. */
  readonly hidesOutput?: boolean | undefined;
  /** The same of commands that read the copy of the release that a host had before: a `precmd`, and those on its way back. Default: never. */
  readonly hidesBack?: ((release: Release, host: string) => boolean) | undefined;
  /** As locks, histories and journals have it. */
  readonly action: "deploy" | "rollback";
  readonly journal: Journal;
  readonly adopt: boolean;
  /** Hosts may lose most of the files that they have. */
  readonly allowDeletes: boolean;
  /** Called when the work must not be stopped any more. */
  readonly letGo: () => void;
  /** What the user says: heeded between hosts also where `signal` is let go. */
  readonly stop: AbortSignal | undefined;
  /** Hosts worked on at once. */
  readonly limit: number;
  /** How many hosts may be lost until all is staged, with the policy `together` until the first switches; and how many may fail. */
  readonly allowed: { readonly lost: number; readonly failed: number };
  /** Hosts that did not answer in the beginning. */
  readonly lost: number;
  /** Commands with `once` that ran when hosts went back; by name. */
  readonly takenBack: Set<string>;
  /** Of the key that signs: who deploys, as hosts remember it. */
  readonly by: string;
  /** Of which state the copies are, as hosts remember it. */
  readonly deployed: DeployedState | undefined;
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

/** Fails, but not for want of an answer. */
export function isFailed(run: HostRun): boolean {
  return !isReady(run) && !isUnreachable(run);
}

/** Up to the switch: nobody asked to stop, and no more hosts failed or are lost than the definition allows. */
export function mayGoOn(active: readonly HostRun[], { signal, allowed, lost }: RunContext): boolean {
  return (
    signal?.aborted !== true &&
    active.filter(isFailed).length <= allowed.failed &&
    lost + active.filter(isUnreachable).length <= allowed.lost &&
    active.some(isReady)
  );
}

/** Folder of `releases/` that a step switches to. */
export function goalOf({ wanted, copy }: Step, { staged }: HostRun): string {
  return staged.get(copy.project) ?? wanted.treeId;
}

export function lockOf({ host, locks }: HostRun, { home }: Pick<Place, "home">): Lock {
  const lock = locks.get(home);
  if (lock === undefined) throw new Error(`${home} of ${host.name} is not locked`);
  return lock;
}
