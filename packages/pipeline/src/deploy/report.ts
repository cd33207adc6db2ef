import type { Host } from "@facsimile/definitions";
import type { Outline } from "../instance/outline.ts";
import type { Copy } from "../release/release.ts";
import type { LeftOut } from "./chosen.ts";
import type { Evaluation } from "./evaluate.ts";
import type { Surveyed } from "./look/survey.ts";
import { isRefused } from "./plan/refusals.ts";
import { type Stopped, waveReport } from "./plan/wave-report.ts";
import { hostsOf, type PlannedWave } from "./plan/waves.ts";
import type { DeployReport, HostReport } from "./reports.ts";
import type { Stopwatch } from "./run/stopwatch.ts";

/** All that a run knows before it begins. */
export interface Work extends Evaluation {
  readonly outline: Outline;
  /** Hosts of the instance that the run leaves alone. */
  readonly left: readonly LeftOut[];
  readonly surveyed: readonly Surveyed[];
}

export interface Ending {
  readonly watch: Stopwatch;
  readonly outcome: DeployReport["outcome"];
  readonly hosts: readonly HostReport[];
  readonly recorded?: DeployReport["recorded"];
  /** Default: nothing was run, or nothing that could be resumed. */
  readonly run?: string | undefined;
  readonly waves?: readonly PlannedWave<{ readonly host: Host }>[] | undefined;
  readonly stopped?: Stopped | undefined;
}

export interface Reported extends Pick<Work, "outline" | "left"> {
  readonly copies: readonly Pick<Copy, "project" | "version" | "id">[];
}

/** The report of a deploy, however it ended. Hosts that it left alone are named as skipped, with the reason. */
export function reportOf(
  { outline, copies, left }: Reported,
  { watch, outcome, hosts, recorded, run = "", waves, stopped }: Ending,
): DeployReport {
  const skipped = left.map(({ host, why }): HostReport => ({ host: host.name, region: host.region, outcome: "skipped", why })); // biome-ignore format: one line
  return {
    schema: "deploy/1",
    run,
    instance: outline.instance.full,
    outcome,
    projects: copies.map(({ project, version, id }) => ({ project, version, release: id })),
    hosts: [...hosts, ...skipped],
    ...(waves === undefined ? {} : { waves: waves.map(waveReport) }),
    ...(stopped === undefined ? {} : { stopped }),
    recorded,
    durationMs: watch.ms(),
  };
}

/** More hosts did not answer than the definition allows, or one that did cannot have its copy. */
export function tooManyLost(surveyed: readonly Surveyed[], { definition }: Pick<Outline, "definition">): boolean {
  if (surveyed.some(({ problem }) => isRefused(problem))) return true;
  const lost = surveyed.filter(({ problem }) => problem !== undefined).length;
  const allowed = hostsOf(definition.values.deploy.maxUnreachable, surveyed.length);
  return lost > 0 && (lost > allowed || lost === surveyed.length);
}

/** No host was touched: some did not answer, or cannot have their copies. */
export function lostHosts(surveyed: readonly Surveyed[]): HostReport[] {
  return surveyed.map(({ reached: { host }, problem }) => {
    if (problem === undefined) return { host: host.name, region: host.region, outcome: "not tried" };
    return {
      host: host.name,
      region: host.region,
      outcome: isRefused(problem) ? "failed" : "unreachable",
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
