import type { DeployReport, HostReport } from "@facsimile/pipeline";
import { madeNames } from "./secret-names.ts";
import { count, type Style } from "./style.ts";
import { harmlessLines } from "./value.ts";
import { holdsText, hostProblem, labelled } from "./words.ts";

/** How a deploy ended: is the instance whole, which hosts are not, what to type next. */
export function deployText(report: DeployReport, style: Style): string {
  const seconds = report.outcome === "failed" ? "" : `; ${(report.durationMs / 1000).toFixed(1)} s`;
  const lines = [
    `${report.instance}: ${headline(report)}${seconds}`,
    ...problemLines(report, style),
    ...changedLines(report),
    ...recordedLines(report),
  ];
  return `${lines.join("\n")}\n`;
}

function headline({ outcome, hosts, projects }: DeployReport): string {
  const held = hosts.filter((host) => host.outcome === "done" || host.outcome === "unchanged").length;
  switch (outcome) {
    case "unchanged":
      return `no change: ${holdsText(held, projects)}`;
    case "done":
      return `${holdsText(held, projects)}, verified and healthy`;
    case "partial":
      return `partial. ${partialText(hosts, held, projects)}`;
    case "failed":
      return failedText(hosts);
  }
}

function partialText(hosts: readonly HostReport[], held: number, projects: DeployReport["projects"]): string {
  const reverted = hosts.filter(({ outcome }) => outcome === "reverted").length;
  const lost = hosts.filter(({ problem }) => problem?.code === "NOT_REVERTED").length;
  if (lost > 0) return `${count(reverted, "host")} went back to what ran before, ${lost} could not be taken back`;
  if (held === 0) return "Nothing switched, but commands ran that cannot be taken back";
  return `${holdsText(held, projects).replace(/^all /, "")}; ${count(hosts.length - held, "host")} left behind`;
}

function failedText(hosts: readonly HostReport[]): string {
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

function problemLines({ hosts, instance }: DeployReport, style: Style): string[] {
  const bad = hosts.filter((host) => host.problem !== undefined && !isStopped(host));
  if (bad.length === 0) return [];
  const width = Math.max(9, ...bad.map(({ outcome }) => outcome.length + 2));
  const told = bad.flatMap(({ host, outcome, problem }) =>
    problem === undefined ? [] : labelled(outcome, [hostProblem(host, problem)], width),
  );
  const hints = [...new Set(bad.flatMap(({ problem }) => harmlessLines(problem?.hint ?? "") || []))];
  return [
    ...told.map((line) => line.replace(/^ {2}(\w+)/, (_, word) => `  ${style.red(word)}`)),
    ...labelled("next", [...hints, `then: facs deploy ${instance}`], width),
  ];
}

/** More names than this are only counted. */
const NAMED = 8;

function changedLines({ hosts, outcome }: DeployReport): string[] {
  const done = hosts.filter((host) => host.outcome === "done").map(({ host }) => host);
  if (outcome === "failed" || done.length === 0) return [];
  const names = done.length === hosts.length || done.length > NAMED ? count(done.length, "host") : done.join(", ");
  const skipped = hosts.filter((host) => host.outcome === "skipped").map(({ host }) => host);
  return [
    ...labelled("changed", [names]),
    ...(skipped.length === 0 ? [] : labelled("left out", [`${skipped.join(", ")} (declared down)`])),
  ];
}

function recordedLines({ recorded, projects }: DeployReport): string[] {
  if (recorded === undefined) return [];
  const { state, edited, published } = recorded;
  const where = {
    pushed: "committed and pushed",
    committed: "committed; there is no remote to push to",
    kept: "written",
  }[published];
  const versions = projects.map(({ project, version }) => `${project} ${version}`).join(", ");
  const uiids = Object.entries(state.uiids).map(([daemon, uiid]) => `${daemon} = ${uiid}`);
  const names = madeNames(state);
  const made = names.length + uiids.length > 0;
  return [
    ...(edited.length === 0 ? [] : labelled("version", [`${versions} in ${edited.join(", ")}, ${where}`])),
    ...(made ? labelled("state", [`${state.scope}, serial ${state.serial}, ${where}`]) : []),
    ...(names.length === 0 ? [] : labelled("made", [names.join(", ")])),
    ...(uiids.length === 0 ? [] : labelled("uiids", [uiids.join(", ")])),
  ];
}
