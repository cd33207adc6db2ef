import { formatProblem } from "@facsimile/core";
import type { DeployReport, HostReport } from "@facsimile/pipeline";
import { holdsText } from "./plan.ts";
import { columns, count, type Style } from "./style.ts";

/** How a deploy ended: is the instance whole, which hosts are not, what to type next. */
export function deployText(report: DeployReport, style: Style): string {
  const lines = [`${report.instance}: ${headline(report)}`, ...failures(report, style), ...stateLine(report)];
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
  const failed = hosts.filter(({ outcome }) => outcome === "failed" || outcome === "unreachable").length;
  const reverted = hosts.filter(({ outcome }) => outcome === "reverted").length;
  if (reverted > 0)
    return `reverted. ${count(failed, "host")} failed after the switch; ${count(reverted, "host")} runs again what it ran before.`
      .replace(/(\d\d+|[2-9]) hosts runs/, "$1 hosts run")
      .replace("it ran", "they ran");
  return `nothing switched. ${hosts.length - failed} of ${count(hosts.length, "host")} ${hosts.length - failed === 1 ? "was" : "were"} ready, ${failed} failed; all still run what they ran before.`;
}

function failures({ hosts, instance, outcome }: DeployReport, style: Style): string[] {
  const bad = hosts.filter(({ problem }) => problem !== undefined);
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

function stateLine({ state }: DeployReport): string[] {
  if (state === undefined) return [];
  const made = [
    ...state.passwords.map((user) => `passwd/${user}`),
    ...Object.entries(state.uiids).map(([daemon, uiid]) => `${daemon} = ${uiid}`),
  ];
  const where = { pushed: "committed and pushed", committed: "committed (no remote to push to)", kept: "written" }[
    state.published
  ];
  return [
    `  state  ${state.scope} serial ${state.serial} ${where}${made.length === 0 ? "" : `; made: ${made.join(", ")}`}`,
  ];
}
