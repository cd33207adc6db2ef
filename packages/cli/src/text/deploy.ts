import { formatProblem } from "@facsimile/core";
import type { DeployReport, HostReport } from "@facsimile/pipeline";
import { holdsText } from "./plan.ts";
import { columns, count, type Style } from "./style.ts";

/** How a deploy ended: is the instance whole, which hosts are not, what to type next. */
export function deployText(report: DeployReport, style: Style): string {
  const lines = [`${report.instance}: ${headline(report)}`, ...failures(report, style), ...recordedLines(report)];
  return `${lines.join("\n")}\n`;
}

function headline({ outcome, hosts, projects, durationMs }: DeployReport): string {
  const seconds = `${(durationMs / 1000).toFixed(1)} s`;
  const done = hosts.filter((host) => host.outcome === "done");
  const held = hosts.filter((host) => host.outcome === "done" || host.outcome === "unchanged");
  switch (outcome) {
    case "unchanged":
      return `no change: ${holdsText(hosts.length, projects)}, ${seconds}.`;
    case "done":
      return `${holdsText(hosts.length, projects)}, verified and healthy; ${count(done.length, "host")} changed, ${seconds}.`;
    case "partial":
      return `partial. ${holdsText(held.length, projects).replace(/^all /, "")}; ${count(hosts.length - held.length, "host")} left behind, ${seconds}.`;
    case "failed":
      return failedLine(hosts);
  }
}

function failedLine(hosts: readonly HostReport[]): string {
  if (hosts.some(isStopped)) return "stopped. Nothing switched: all hosts run what they ran before.";
  const failed = hosts.filter(({ outcome }) => outcome === "failed" || outcome === "unreachable").length;
  const reverted = hosts.filter(({ outcome }) => outcome === "reverted").length;
  if (reverted > 0) {
    const back =
      reverted === 1 ? "1 host runs again what it ran before" : `${reverted} hosts run again what they ran before`;
    return `reverted. ${count(failed, "host")} failed after the switch; ${back}.`;
  }
  const ready = hosts.length - failed;
  const were = ready === 1 ? "was" : "were";
  return `nothing switched. ${ready} of ${count(hosts.length, "host")} ${were} ready, ${failed} failed; all still run what they ran before.`;
}

function isStopped({ problem }: HostReport): boolean {
  return problem?.code === "STOPPED";
}

function failures({ hosts, instance, outcome }: DeployReport, style: Style): string[] {
  const bad = hosts.filter((host) => host.problem !== undefined && !isStopped(host));
  if (bad.length === 0) return [];
  const rows = bad.map(({ host, region, outcome, problem }) => [
    style.red(outcome),
    region === undefined ? host : `${region}/${host}`,
    problem === undefined ? "" : formatProblem(problem),
  ]);
  const hints = new Set(bad.flatMap(({ problem }) => (problem?.hint === undefined ? [] : [problem.hint])));
  const again = outcome === "partial" ? `When they are back: facs deploy ${instance}` : `Then: facs deploy ${instance}`;
  return [...columns(rows), ...[...hints, again].map((hint) => `  next  ${hint}`)];
}

function recordedLines({ recorded, projects }: DeployReport): string[] {
  if (recorded === undefined) return [];
  const { state, edited, published } = recorded;
  const made = [
    ...state.passwords.map((user) => `passwd/${user}`),
    ...Object.entries(state.uiids).map(([daemon, uiid]) => `${daemon} = ${uiid}`),
  ];
  const where = {
    pushed: "committed and pushed",
    committed: "committed; there is no remote to push to",
    kept: "written",
  }[published];
  const versions = projects.map(({ project, version }) => `${project} ${version}`).join(", ");
  return [
    ...(edited.length === 0 ? [] : [`  version  ${versions} in ${edited.join(", ")}, ${where}`]),
    ...(made.length === 0
      ? []
      : [`  state    ${state.scope} serial ${state.serial} ${where}`, `  made     ${made.join(", ")}`]),
  ];
}
