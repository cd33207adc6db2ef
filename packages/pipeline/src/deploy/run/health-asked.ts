import type { Surveyed } from "../look/survey.ts";
import type { HostRun } from "./host-run.ts";

export interface AskedHost {
  readonly run: HostRun | undefined;
  /** What it held before. */
  readonly found: Surveyed["projects"];
  /** Projects of the run; those that the host has no part in count for nothing. */
  readonly projects: readonly string[];
}

/**
 * Whether a host that holds its copies was asked for all of its health in this run: every project with checks was switched. What only
 * had its release renamed, or was right already, was not asked. Undefined: it has no check, or does not hold them. Pure.
 */
export function isHealthAsked({ run, found, projects }: AskedHost): boolean | undefined {
  if (run === undefined || !["done", "unchanged"].includes(run.outcome)) return undefined;
  const checked = projects.filter((project) => checksOf(project, { run, found }) > 0);
  return checked.length === 0 ? undefined : checked.every((project) => isMoved(run, project));
}

function checksOf(project: string, { run, found }: { run: HostRun; found: Surveyed["projects"] }): number {
  const held = found.get(project)?.release;
  const hooks = run.steps.find(({ copy }) => copy.project === project)?.copy.hooks ?? held?.hooks;
  return hooks?.health.length ?? 0;
}

function isMoved({ steps }: HostRun, project: string): boolean {
  return steps.some(({ copy, kind }) => copy.project === project && kind !== "record");
}
