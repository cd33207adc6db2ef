import type { LockedHome, LocksReport } from "@facsimile/pipeline";
import { count, type Style } from "./style.ts";
import { harmless } from "./value.ts";
import { groupBy, hostProblem } from "./words.ts";

/**
 * Hosts alike in one line, and below it who has their lock.
 * @param chosen The choice of hosts, as it is typed behind an instance.
 */
export function locksText({ instance, hosts }: LocksReport, style: Style, chosen = ""): string {
  const over = hosts.some(({ lock }) => lock?.expired);
  const next = over ? [`Whoever deploys next takes over a lock whose time is over. To free it now: facs lock release ${instance}${chosen}`] : []; // biome-ignore format: one line
  return `${[...homesText(hosts, style), ...next].join("\n")}\n`;
}

/** A block for each lock, without what to do next. */
export function homesText(homes: readonly LockedHome[], style: Style): string[] {
  const several = new Set(homes.map(({ home }) => home).filter((home) => home !== "")).size > 1;
  const lineOf = (at: LockedHome) => `${signOf(at, style)} ${at.region === undefined ? "" : `${at.region}/`}\0   ${several && at.home !== "" ? `${at.home}: ` : ""}${stateOf(at)}`; // biome-ignore format: one line
  return [...groupBy(homes, lineOf)].map(([line, group]) =>
    line.replace("\0", () => group.map(({ host }) => host).join(" ")),
  );
}

function signOf({ problem, down, lock, outcome }: LockedHome, { red, green, yellow, ok, bad }: Style): string {
  if (problem !== undefined || outcome === "changed") return red(bad);
  return down === undefined && (lock === undefined || outcome === "freed") ? green(ok) : yellow("!");
}

function stateOf({ host, problem, down, lock, outcome }: LockedHome): string {
  if (problem !== undefined) return harmless(hostProblem(host, problem));
  if (down !== undefined) return `not asked: ${harmless(down)}`;
  if (lock === undefined) return "free";
  const { owner, run, reason, since, until, expired } = lock;
  const whose = `${harmless(owner || "someone")} (${harmless([reason, run].filter((word) => word !== "").join(" "))})`;
  if (outcome === "freed") return `freed; it was held by ${whose}`;
  if (outcome === "changed") return `no longer held as it was by ${whose}: left as it is`;
  const ends = Number.isFinite(until) ? `until ${clockText(until)} by its clock` : "without an end";
  const time = expired ? `time was over ${clockText(until)} by its clock` : ends;
  return `locked by ${whose} since ${clockText(since)}, ${time}`;
}

/** To the second, as leases are short; a host may have written anything. */
function clockText(seconds: number): string {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? "an unknown time" : time.toISOString().replace("T", " ").replace(/\.\d+Z$/, " UTC"); // biome-ignore format: one line
}

/** How the locks are now, in one line. */
export function releasedText({ instance, hosts }: LocksReport): string {
  const [freed, kept, changed] = (["freed", "kept", "changed"] as const).map((what) => hosts.filter(({ outcome }) => outcome === what).length); // biome-ignore format: one line
  const failed = hosts.filter(({ problem }) => problem !== undefined).length;
  const said = [
    freed ? `${count(freed, "lock")} freed` : "no lock freed",
    ...(kept ? [`${count(kept, "lock")} kept`] : []),
    ...(changed ? [`${count(changed, "lock")} changed hands or was renewed just before: look again with facs lock status ${instance}`] : []), // biome-ignore format: one line
    ...(failed ? [`${count(failed, "host")} could not be asked`] : []),
  ];
  return `${instance}: ${said.join(", ")}\n`;
}
