import { isSecretSet } from "@facsimile/definitions";
import type { HostReport } from "@facsimile/pipeline";
import { givenOptions } from "../confirm.ts";
import { evenSo, hostHints } from "./advice.ts";
import { type Ended, isKept, isStopped } from "./deploy-headline.ts";
import { hostProblems } from "./host-problems.ts";
import { count } from "./style.ts";
import type { Typed } from "./typed.ts";
import { groupBy } from "./words.ts";

/** A label and what it is of; of several lines, the others follow beneath. */
export type Row = readonly [label: string, text: string];

/**
 * Every host that does not hold the release, and why; where a rolling run stopped; what to type next.
 *
 * @param again The commands that go on, if any do.
 */
export function endRows(report: Ended, again: readonly string[] = [againText(report)]): Row[] {
  const { hosts, outcome, waves } = report;
  const bad = hosts.filter((host) => host.problem !== undefined && !isStopped(host));
  const isMixed = outcome === "partial" || waves !== undefined;
  const rest = isMixed ? [...grouped(hosts, "reverted"), ...grouped(hosts, "not tried")] : [];
  const told = [...groupBy(bad, ({ outcome }) => outcome)].flatMap(([outcome, some]) => problemRows(outcome, some));
  const next = outcome === "failed" || outcome === "partial" ? nextRows({ instance: report.instance, again }, bad) : [];
  return [...told, ...keptRows(hosts), ...rest, ...stoppedIn(report), ...leftOut(hosts), ...next];
}

function problemRows(outcome: string, hosts: readonly HostReport[]): Row[] {
  const failed = hosts.flatMap(({ host, problem }) => (problem === undefined ? [] : [{ host, problem }]));
  return hostProblems(failed).map((text): Row => [outcome, text]);
}

/** Problems that say themselves that the new release runs. */
const SAID = ["NOT_CONFIRMED", "COPY_CHANGED"];

/** Hosts of which one may think that they run what they ran before. */
function keptRows(hosts: readonly HostReport[]): Row[] {
  const kept = hosts.filter((host) => isKept(host) && !SAID.includes(host.problem?.code ?? ""));
  return [...groupBy(kept, ({ behind = [] }) => behind.join(", "))].map(([behind, some]) => {
    const what = behind === "" ? "the new release" : `the new release, but of ${behind} what ran before`;
    return ["kept", `${names(some)} ${some.length === 1 ? "runs" : "run"} ${what}; not confirmed: a command ran that cannot be taken back`]; // biome-ignore format: one line
  });
}

/** More names than this are only counted. */
const NAMED = 8;

function names(hosts: readonly HostReport[]): string {
  return hosts.length > NAMED ? count(hosts.length, "host") : hosts.map(({ host }) => host).join(", ");
}

function grouped(hosts: readonly HostReport[], outcome: HostReport["outcome"]): Row[] {
  const some = hosts.filter((host) => host.outcome === outcome);
  return some.length === 0 ? [] : [[outcome, names(some)]];
}

/** Hosts that were left alone on purpose, by the reason. */
function leftOut(hosts: readonly HostReport[]): Row[] {
  const skipped = groupBy(hosts.filter(({ outcome }) => outcome === "skipped"), ({ why }) => why ?? ""); // biome-ignore format: one line
  return [...skipped].map(([why, some]) => ["left out", `${names(some)} (${why})`]);
}

/** `in wave 2 of 3 (database)`. A single wave says nothing. */
function stoppedIn({ waves = [], stopped }: Ended): Row[] {
  if (stopped === undefined || waves.length === 1) return [];
  const { wave, begun } = stopped;
  return [["stopped", `${begun ? "in" : "before"} wave ${wave} of ${waves.length} (${waves[wave - 1]?.name})`]];
}

/** The command that goes on; with what no journal holds: secrets that `--set` gave, folders, and all that was allowed. */
export function againText(
  { instance, run }: Pick<Ended, "instance" | "run">,
  { command, set = [], srcDir, root, allowed = {} }: Typed = {},
): string {
  if (run === "") return command ?? `facs deploy ${instance}`;
  return [`facs deploy ${instance} --resume ${run}`, ...givenOptions({ set: set.filter((one) => isSecretSet(one)), srcDir, root, ...allowed })].join(" "); // biome-ignore format: one line
}

function nextRows(
  { instance, again }: { instance: string; again: readonly string[] },
  bad: readonly HostReport[],
): Row[] {
  const told = hostHints(bad, instance);
  const then = again.map((one, index) => `${told.length === 0 || index > 0 ? "" : "then: "}${one}`);
  // A rollback has none of those options.
  const deploy = again.find((command) => command.startsWith("facs deploy "));
  const meant = evenSo(bad.map(({ problem }) => problem), deploy); // biome-ignore format: one line
  return [["next", [...told, ...then, ...meant, ...withoutThem(bad.filter(isHostsOwn))].join("\n")]];
}

function withoutThem(hosts: readonly HostReport[]): string[] {
  if (hosts.length === 0) return [];
  const keys = hosts.slice(0, 3).map(({ host }) => `hosts.${JSON.stringify(host)}.down`);
  return [`or leave ${hosts.length === 1 ? "it" : "them"} out: say why in ${keys.join(", ")}${hosts.length > 3 ? " and so on" : ""}`]; // biome-ignore format: one line
}

/** Nothing that somebody else does there, nor the release itself. */
function isHostsOwn({ problem, outcome }: HostReport): boolean {
  return outcome === "unreachable" || ["NO_SPACE", "HOST_FAILED", "LOGIN_REFUSED"].includes(problem?.code ?? "");
}
