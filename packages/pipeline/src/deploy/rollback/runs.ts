import type { Surveyed } from "../look/survey.ts";
import { isConfirmed, isEnded } from "../plan/compare.ts";
import { sameHost } from "../plan/plan.ts";
import type { Work } from "../report.ts";
import type { HostRun, Step } from "../run/host-run.ts";
import { hostRunOf } from "../run/host-runs.ts";
import type { AllHeld } from "./held.ts";
import type { Named } from "./words.ts";

interface Planned extends Pick<Work, "outline" | "surveyed"> {
  readonly goals: readonly Named[];
  readonly held: AllHeld;
}

/** Every host that answered, with what is to be switched there. Nothing is asked, nothing is done. */
export function rollbackRuns(planned: Planned): HostRun[] {
  return planned.surveyed.flatMap((one) => {
    if (one.problem !== undefined || !("session" in one.reached)) return [];
    return [hostRunOf(one.reached, planned.goals.flatMap((goal) => stepOf(goal, one, planned)))]; // biome-ignore format: one line
  });
}

function stepOf({ project }: Named, { reached, projects }: Surveyed, { outline, held }: Planned): Step[] {
  const found = projects.get(project);
  const goal = held.get(reached.host.name)?.get(project);
  const definition = outline.projects.find((one) => one.project === project)?.definition;
  if (found === undefined || goal === undefined || definition === undefined) return [];
  const { release, manifest, dir } = goal;
  const runs = found.probe.current?.dir === dir && isEnded(found);
  if (runs && isConfirmed(found) && found.probe.current?.release === release.id && found.probe.snapshot === "same")
    return [];
  const host = sameHost(definition.hosts, reached.host);
  const wanted = { treeId: release.hosts[host.name] ?? "", manifest };
  // What runs already, perhaps moved, is hashed like the others, and restarts nothing.
  return [{ copy: release, definition, host, wanted, found, dir, kind: runs ? "record" : "switch", send: undefined }];
}
