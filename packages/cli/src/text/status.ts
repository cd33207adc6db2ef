import { type HostStatus, lockText, type ProjectStatus, type StatusReport } from "@facsimile/pipeline";
import { momentText } from "./release-words.ts";
import { count, type Style } from "./style.ts";
import { harmless } from "./value.ts";
import { groupBy, hostProblem, short } from "./words.ts";

/** What each host runs and since when; hosts alike in one line, what is odd below it. */
export function statusText({ instance, hosts, people }: StatusReport, style: Style): string {
  const at = { style, people };
  const alike = groupBy(hosts, (host) => JSON.stringify([host.region, hostLines(host, at)]));
  const lines = [...alike.values()].flatMap((group) => groupLines(group, at));
  const next = nextLines(instance, hosts);
  return `${[...lines, ...next].join("\n")}\n`;
}

function nextLines(instance: string, hosts: readonly HostStatus[]): string[] {
  const odd = hosts.some(({ projects }) => projects.some((one) => one.snapshot === "moved" && !isOpen(one)));
  const left = hosts.some((host) => host.projects.some(isOpen) && !isAtWork(host));
  return [
    ...(odd ? [`What moved is told by: facs verify ${instance}`] : []),
    ...(left ? [`Never confirmed: a run ended in the middle. Type it again, or what the definitions say: facs deploy ${instance}`] : []),
  ]; // biome-ignore format: a line each
}

/** It was switched, and the run did not come to its end. */
function isOpen({ release, confirmed, torn }: ProjectStatus): boolean {
  return torn === true || (release !== undefined && !confirmed);
}

function isAtWork({ lock }: HostStatus): boolean {
  return lock !== undefined && !lock.expired;
}

interface Telling {
  readonly style: Style;
  readonly people: StatusReport["people"];
}

function groupLines(group: readonly HostStatus[], at: Telling): string[] {
  const [first] = group;
  if (first === undefined) return [];
  const place = first.region === undefined ? "" : `${first.region}/`;
  return [`${signOf(first, at.style)} ${place}${group.map(({ host }) => host).join(" ")}`, ...hostLines(first, at)];
}

function signOf({ problem, down, projects }: HostStatus, { red, green, yellow, ok, bad }: Style): string {
  if (problem !== undefined) return red(bad);
  const odd =
    down !== undefined ||
    projects.some(({ release, snapshot, confirmed }) => release === undefined || !confirmed || snapshot !== "same");
  return odd ? yellow("!") : green(ok);
}

function hostLines(at: HostStatus, { style, people }: Telling): string[] {
  const { host, problem, down, lock, projects } = at;
  if (problem !== undefined) return [`    ${hostProblem(host, problem)}`];
  if (down !== undefined) return [`    not asked: ${harmless(down)}`];
  const locked = lock === undefined ? [] : [`    ${style.yellow("!")} ${harmless(lockText(lock))}`];
  return [
    ...projects.map((project) => `    ${harmless(projectText(project, { people, isAtWork: isAtWork(at) }))}`),
    ...locked,
  ];
}

function projectText(
  status: ProjectStatus,
  { people, isAtWork }: { people: StatusReport["people"]; isAtWork: boolean },
): string {
  const { project, version = "of an unknown version", release, since, by, snapshot, moved, owner, torn } = status;
  if (owner !== undefined) return `${project}: the place belongs to ${owner.project} of ${owner.instance} now`;
  if (torn) return `${project}: no release whole: a switch ${isAtWork ? "is under way" : "was cut short"}`;
  if (release === undefined) return `${project}: nothing of it is deployed here`;
  if (isOpen(status)) return `${project} ${version} (${short(release)}), switched${isAtWork ? ", not confirmed yet" : " and never confirmed"}`; // biome-ignore format: one line
  const who = since === undefined ? "" : `, since ${momentText(since)} by ${authorText(by ?? "", people)}`;
  return `${project} ${version} (${short(release)})${who}${snapshotText(snapshot, moved)}`;
}

/** The name in a key, without its address; what is no key of somebody known as it stands. */
export function authorText(by: string, people: StatusReport["people"]): string {
  const userId = people.find(({ fingerprint }) => fingerprint === by)?.userId ?? by;
  return userId.replace(/(?<=\S)\s*<[^<>]*>$/, "");
}

function snapshotText(snapshot: ProjectStatus["snapshot"], moved: readonly string[]): string {
  if (snapshot === "same") return "";
  return snapshot === "moved" ? `; ${count(moved.length, "path")} moved since` : "; what moved since is not known";
}
