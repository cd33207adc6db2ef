import { isFacsimileError } from "@facsimile/core";
import { isConfirmed } from "./plan/compare.ts";
import type { Work } from "./report.ts";
import type { DeployReport, Undo } from "./reports.ts";
import type { HostRun, Step } from "./run/host-run.ts";

interface Ended extends Pick<Work, "projects"> {
  readonly runs: readonly HostRun[];
  /** Somebody named projects; else they are all of the instance. */
  readonly isNamed: boolean;
}

interface Changed {
  readonly host: string;
  readonly step: Step;
}

/** The report of a run, with the way back of the hosts that it brought over, where there is one. Pure. */
export function withUndo(report: DeployReport, ended: Ended): DeployReport {
  const undo = ["done", "partial"].includes(report.outcome) ? undoOf(ended) : undefined;
  return undo === undefined ? report : { ...report, undo };
}

/**
 * The rollback that takes back exactly what a run has switched and confirmed. Undefined: that is nothing, or no rollback can take
 * back all of it.
 */
function undoOf({ runs, projects, isNamed }: Ended): Undo | undefined {
  // What its commands changed was confirmed before.
  const done = runs.filter(({ outcome, problem }) => outcome === "done" || isFacsimileError(problem, "COPY_CHANGED"));
  const changed = done.flatMap(({ host, steps }) => steps.filter(isOther).map((step) => ({ host: host.name, step })));
  const going = projects.filter(({ project }) => changed.some(({ step }) => step.copy.project === project));
  const hosts = new Set<string>(changed.map(({ host }) => host));
  if (changed.every(({ step }) => step.kind === "record") || runs.some(({ irreversible }) => irreversible)) return undefined; // biome-ignore format: one line
  if (!changed.every(canGoBack) || !going.every((one) => isWhole(one, { changed, hosts }))) return undefined;
  const isEverywhere = going.every((one) => upHosts(one).every((name) => hosts.has(name)));
  return {
    projects: isNamed || going.length < projects.length ? going.map(({ project }) => project) : [],
    hosts: isEverywhere ? [] : [...hosts],
  };
}

/** The host runs another release than before, not only the same one made whole. */
function isOther({ found, copy }: Step): boolean {
  return found.probe.current?.release !== copy.id;
}

/**
 * The host keeps what it ran, which was confirmed, and as it was deployed: a rollback hashes all of it. What ran was not
 * another instance's, from which the place was taken over.
 */
function canGoBack({ host, step: { found, copy, definition } }: Changed): boolean {
  const isOurs = found.release?.instance === definition.instance.full && found.release.project === copy.project;
  const isGood = found.release?.hosts[host] !== undefined && found.drift.length === 0 && isConfirmed(found);
  return found.place.strategy === "releases" && isOurs && isGood;
}

/** Of the chosen hosts all that hold the project were changed, from one release. */
function isWhole(
  one: Project,
  { changed, hosts }: { changed: readonly Changed[]; hosts: ReadonlySet<string> },
): boolean {
  const mine = changed.filter(({ step }) => step.copy.project === one.project);
  const chosen = upHosts(one).filter((name) => hosts.has(name));
  const before = new Set(mine.map(({ step }) => step.found.probe.current?.release));
  return chosen.every((name) => mine.some(({ host }) => host === name)) && before.size === 1;
}

type Project = Work["projects"][number];

/** Those that a rollback would ask. */
function upHosts({ definition }: Project): string[] {
  return definition.hosts.filter(({ down }) => down === undefined).map(({ name }) => name);
}
