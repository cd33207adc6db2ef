import type { PipelineContext } from "../context.ts";
import type { Outline } from "../instance/outline.ts";
import { lacksLibraries } from "./libraries.ts";
import type { Evaluation, Surveyed } from "./plan.ts";
import type { DeployReport, HostReport } from "./reports.ts";

/** All that a run knows before it begins. */
export interface Work extends Evaluation {
  readonly outline: Outline;
  readonly surveyed: readonly Surveyed[];
}

export interface Ending {
  readonly started: Date;
  readonly outcome: DeployReport["outcome"];
  readonly hosts: readonly HostReport[];
  readonly recorded?: DeployReport["recorded"];
  /** Default: nothing was run. */
  readonly run?: string;
}

/** The report of a deploy, however it ended. Hosts that are declared down are named as skipped. */
export function reportOf(
  { outline, copies }: Work,
  { started, outcome, hosts, recorded, run = "" }: Ending,
  { now }: PipelineContext,
): DeployReport {
  const down = outline.down.map(({ name, region }): HostReport => ({ host: name, region, outcome: "skipped" }));
  return {
    schema: "deploy/1",
    run,
    instance: outline.instance.full,
    outcome,
    projects: copies.map(({ project, version, id }) => ({ project, version, release: id })),
    hosts: [...hosts, ...down],
    recorded,
    durationMs: now().getTime() - started.getTime(),
  };
}

/** No host was touched: some did not answer, or lack what their copies need. */
export function lostHosts(surveyed: readonly Surveyed[]): HostReport[] {
  return surveyed.map(({ reached: { host }, problem }) => {
    if (problem === undefined) return { host: host.name, region: host.region, outcome: "not tried" };
    return {
      host: host.name,
      region: host.region,
      outcome: lacksLibraries(problem) ? "failed" : "unreachable",
      problem,
    };
  });
}

/** Nobody wanted it. */
export function untouchedHosts(surveyed: readonly Surveyed[]): HostReport[] {
  return surveyed.map(({ reached: { host } }) => ({ host: host.name, region: host.region, outcome: "not tried" }));
}

/** No host needed anything. */
export function idleHosts(surveyed: readonly Surveyed[]): HostReport[] {
  return surveyed.map(({ reached: { host } }) => ({ host: host.name, region: host.region, outcome: "unchanged" }));
}
