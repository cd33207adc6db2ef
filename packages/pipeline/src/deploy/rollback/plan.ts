import type { Surveyed } from "../look/survey.ts";
import type { Work } from "../report.ts";
import type { HostRun, Step } from "../run/host-run.ts";
import type { AllHeld } from "./held.ts";
import type { RollbackHost, RollbackPlan, RollbackProject } from "./report.ts";
import type { Named } from "./words.ts";

interface Planned extends Pick<Work, "outline" | "surveyed"> {
  readonly goals: readonly Named[];
  readonly held: AllHeld;
  readonly runs: readonly HostRun[];
  readonly rotated: RollbackPlan["rotated"];
}

/** What a rollback would do, from all that it knows before it begins. Pure. */
export function planOfRollback({ outline, surveyed, goals, held, runs, rotated }: Planned): RollbackPlan {
  return {
    instance: outline.instance.full,
    projects: goals.map((goal) => projectOf(goal, held)),
    hosts: surveyed.map((one) => hostOf(one, runs.find(({ host }) => host.name === one.reached.host.name)?.steps ?? [])),
    rotated,
  }; // biome-ignore format: one line
}

function projectOf({ project, version, id }: Named, held: AllHeld): RollbackProject {
  const hooks = [...held.values()].flatMap((projects) => projects.get(project)?.release.hooks ?? [])[0];
  return { project, version, release: id, hooks: hooks ?? { precmd: [], postcmd: [], health: [] } };
}

function hostOf({ reached: { host }, problem }: Surveyed, steps: readonly Step[]): RollbackHost {
  return {
    host: host.name,
    region: host.region,
    ...(problem === undefined ? {} : { problem }),
    projects: steps.map(({ copy, found: { probe, release } }) => {
      const runs = probe.current?.release;
      return { project: copy.project, from: runs === undefined ? undefined : { release: runs, version: release?.version } }; // biome-ignore format: one line
    }),
  };
}
