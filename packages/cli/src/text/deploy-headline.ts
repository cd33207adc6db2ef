import type { DeployReport, HostReport } from "@facsimile/pipeline";
import { count } from "./style.ts";
import { heldText, holdsText } from "./words.ts";

/** The report of a deploy, or of a rollback. */
export type Ended = Omit<DeployReport, "schema" | "recorded">;

/** What is true now, of all hosts that the run was for. */
export function headline({ outcome, hosts, projects }: Ended): string {
  const meant = hosts.filter((host) => host.outcome !== "skipped");
  const holding = meant.filter((host) => host.outcome === "done" || host.outcome === "unchanged");
  const held = holding.length;
  const whole = held === hosts.length ? holdsText(held, projects) : heldBy(held, { of: hosts.length, projects });
  switch (outcome) {
    case "unchanged":
      return `no change: ${whole}`;
    case "done":
      return `${whole}, verified${isHealthy(holding) ? " and healthy" : ""}`;
    case "partial":
      return `partial. ${partialText(meant, { held, projects })}`;
    case "failed":
      return failedText(meant);
  }
}

/** Some have checks, and all of these were asked in this run. */
function isHealthy(hosts: readonly HostReport[]): boolean {
  return hosts.some(({ healthy }) => healthy === true) && hosts.every(({ healthy }) => healthy !== false);
}

/** `5 of 6 hosts hold exactly their copy of …`. */
function heldBy(held: number, { of, projects }: { of: number; projects: DeployReport["projects"] }): string {
  return `${held} of ${count(of, "host")} ${held === 1 ? "holds exactly its copy" : "hold exactly their copy"} of ${heldText(projects)}`; // biome-ignore format: one line
}

function partialText(
  hosts: readonly HostReport[],
  { held, projects }: { held: number; projects: DeployReport["projects"] },
): string {
  const reverted = hosts.filter(isBack).length;
  const [stuck, unknown, changed] = ["NOT_REVERTED", "SWITCH_UNKNOWN", "COPY_CHANGED"].map((code) => hosts.filter(({ problem }) => problem?.code === code).length) as [number, number, number]; // biome-ignore format: one line
  const kept = hosts.filter(isKept).length - changed;
  if (held + reverted + kept + changed + stuck + unknown === 0)
    return "Nothing switched, but commands ran that cannot be taken back";
  const behind = hosts.length - held - reverted - kept - changed - stuck - unknown;
  const others = [
    ...(reverted > 0 ? [`${count(reverted, "host")} went back to what ran before`] : []),
    ...(kept > 0 ? [keptText(kept, hosts)] : []),
    ...(changed > 0 ? [`${count(changed, "host")} switched and ${changed === 1 ? "is" : "are"} well, but ${changed === 1 ? "its copy is" : "their copies are"} not exact`] : []),
    ...(stuck > 0 ? [`${stuck} could not be taken back whole`] : []),
    ...(unknown > 0 ? [`of ${count(unknown, "host")} it is unknown whether it switched`] : []),
    ...(behind > 0 ? [`${count(behind, "host")} left behind`] : []),
  ]; // biome-ignore format: a line each
  const holds = held === 0 ? [] : [holdsText(held, projects).replace(/^all /, "")];
  return [...holds, others.join(", ")].join("; ");
}

function keptText(kept: number, hosts: readonly HostReport[]): string {
  const part = hosts.some(({ behind = [] }) => behind.length > 0) ? "part of " : "";
  return `${count(kept, "host")} failed and ${kept === 1 ? "runs" : "run"} ${part}the new release, not confirmed`;
}

function failedText(hosts: readonly HostReport[]): string {
  const [back, stopped] = [hosts.filter(isBack).length, hosts.some(isStopped)];
  if (stopped && back === 0) return "stopped. Nothing switched: all hosts run what they ran before.";
  const failed = hosts.filter(({ outcome }) => outcome === "failed" || outcome === "unreachable").length;
  if (back > 0)
    return `${stopped ? "stopped" : "reverted"}. ${count(failed, "host")} failed after the switch; ${backText(back, failed === 1 && back === 1 ? 1 : hosts.length)}.`;
  return `nothing switched. ${unreadyText(hosts, failed)}`;
}

function backText(back: number, of: number): string {
  if (back === 1) return `${of === 1 ? "it" : "1 host"} runs again what it ran before`;
  return `${back === of ? "all " : ""}${back} hosts run again what they ran before`;
}

function unreadyText(hosts: readonly HostReport[], failed: number): string {
  const locked = hosts.filter(({ problem }) => problem?.code === "LOCK_HELD").length;
  if (hosts.length === 1) return `The host ${locked > 0 ? "is locked" : "failed"}; it still runs what it ran before.`;
  const ready = hosts.length - failed;
  const why =
    locked > 0
      ? `${locked} ${locked === 1 ? "host was" : "hosts were"} found locked, and nothing was tried`
      : `${ready} of ${hosts.length} hosts ${ready === 1 ? "was" : "were"} ready, ${failed} failed`;
  return `${why}; all still run what they ran before.`;
}

/** It was switched, and runs again what it ran before. */
export function isBack({ outcome, switched }: HostReport): boolean {
  return outcome === "reverted" || switched === "back";
}

/** It failed after the switch, and nothing could go back any more. */
export function isKept({ switched }: HostReport): boolean {
  return switched === "kept";
}

export function isStopped({ problem }: HostReport): boolean {
  return problem?.code === "STOPPED";
}
