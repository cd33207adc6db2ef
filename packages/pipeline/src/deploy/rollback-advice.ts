import { FacsimileError, isFacsimileError } from "@facsimile/core";
import type { Surveyed } from "./plan.ts";
import type { DeployReport, HostReport } from "./reports.ts";
import { deployInstead, goElsewhere, type Named } from "./rollback-words.ts";

interface Advising {
  readonly goals: readonly Named[];
  readonly surveyed: readonly Surveyed[];
}

/** Of a host that cannot go back: what to do instead depends on what it runs now. Pure. */
export function withAdvice(report: DeployReport, advising: Advising): DeployReport {
  return { ...report, hosts: report.hosts.map((host) => advised(host, { ...advising, instance: report.instance })) };
}

function advised(host: HostReport, { goals, surveyed, instance }: Advising & { instance: string }): HostReport {
  const { problem } = host;
  const goal = goals.find((one) => problem?.hint === deployInstead(instance, one));
  if (problem === undefined || goal === undefined || !isFacsimileError(problem, "ROLLBACK_IMPOSSIBLE")) return host;
  const found = surveyed.find(({ reached }) => reached.host.name === host.host)?.projects.get(goal.project);
  const hint = goElsewhere(instance, goal, found?.release?.version);
  return { ...host, problem: new FacsimileError(problem.code, problem.message, { cause: problem, hint }) };
}
