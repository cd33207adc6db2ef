import fs from "node:fs/promises";
import path from "node:path";
import { compareBytes, errnoOf } from "@facsimile/core";
import { type PipelineContext, workFolders } from "../../context.ts";
import type { HostOutcome } from "../reports.ts";

/** An earlier run, as its journal tells it. */
export interface PastRun {
  readonly run: string;
  /** When it began: ISO 8601, UTC. */
  readonly at: string;
  /** `run/1`; another one is of a newer version. */
  readonly format: string;
  /** `deploy`, `rollback`. */
  readonly action: string;
  readonly projects: readonly PastProject[];
  /** What `--set` said; of secrets the path alone, without `=`. */
  readonly set: readonly string[];
  /** How each of its hosts ended; of a run that was killed, as far as it came. Empty: it was killed before it began. */
  readonly hosts: ReadonlyMap<string, HostOutcome>;
  /** It came to its end: `hosts` has also those that were not chosen. */
  readonly isEnded: boolean;
  /** The first line, from 1, that is JSON and not what a journal holds. It tells nothing of the run. Missing: none. */
  readonly damaged?: number | undefined;
}

export interface PastProject {
  readonly project: string;
  readonly version: string;
  /** Undefined: the run ended before it was settled; no host holds it. */
  readonly release?: string | undefined;
}

/** The runs of an instance whose journals lie here, old to new. What was deployed from elsewhere is not among them. */
export async function pastRuns(instance: string, context: Pick<PipelineContext, "work">): Promise<PastRun[]> {
  const folder = path.join(workFolders(context).releases, instance, "runs");
  const read = async (name: string) =>
    parseJournal(name.slice(0, -6), await fs.readFile(path.join(folder, name), "utf8"));
  const runs = await Promise.all((await journals(folder)).map(read));
  return runs.sort((a, b) => compareBytes(a.at, b.at));
}

async function journals(folder: string): Promise<string[]> {
  try {
    return (await fs.readdir(folder)).filter((name) => name.endsWith(".jsonl"));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}

/** docs/formats/run-1.md. Lines that are no JSON, as the last of a killed run may be, are passed over. Never throws. Pure. */
export function parseJournal(run: string, text: string): PastRun {
  const all = text.split("\n").map(parsed);
  const damaged = all.findIndex((line) => line.some((one) => !isWhole(one)));
  const lines = all.flat().filter(isWhole);
  const begin = lines.find(({ event }) => event === "begin");
  const hosts = new Map<string, HostOutcome>(namesIn(begin?.hosts).map((name) => [name, "not tried"]));
  for (const line of lines) for (const [host, outcome] of endsIn(line)) hosts.set(host, next(hosts.get(host), outcome));
  return {
    run,
    at: lines[0]?.at ?? "",
    format: lines[0]?.facsimile ?? "",
    action: begin?.action ?? "deploy",
    projects: begin?.projects ?? [],
    set: begin?.set ?? [],
    hosts,
    isEnded: lines.some(({ event }) => event === "end"),
    ...(damaged === -1 ? {} : { damaged: damaged + 1 }),
  };
}

/** How hosts ended, as one line says. */
function endsIn({ event = "", host, hosts = [] }: Line): (readonly [string, HostOutcome])[] {
  const outcome = OUTCOMES[event];
  if (host !== undefined && outcome !== undefined) return [[host, outcome]];
  if (event !== "end") return [];
  return hosts.flatMap((one) => (typeof one === "string" ? [] : [[one.host, one.outcome] as const]));
}

const OUTCOMES: Readonly<Record<string, HostOutcome>> = {
  confirmed: "done",
  unchanged: "unchanged",
  failed: "failed",
  unreachable: "unreachable",
  reverted: "reverted",
};

/** A host that failed and went back has failed. */
function next(before: HostOutcome | undefined, now: HostOutcome): HostOutcome {
  return now === "reverted" && (before === "failed" || before === "unreachable") ? "failed" : now;
}

interface Line {
  readonly at?: string;
  readonly facsimile?: string;
  readonly event?: string;
  readonly action?: string;
  readonly host?: string;
  readonly projects?: PastRun["projects"];
  readonly set?: readonly string[];
  readonly hosts?: readonly (string | { readonly host: string; readonly outcome: HostOutcome })[];
}

function namesIn(hosts: Line["hosts"]): string[] {
  return (hosts ?? []).filter((host) => typeof host === "string");
}

/** What is read of a line has the types that it should have; of events that are not known, nothing is read. */
function isWhole(line: Line): boolean {
  const { projects = [], set = [], hosts = [], ...words } = line;
  const said = [words.at, words.facsimile, words.event, words.action, words.host];
  if (!said.every((word) => word === undefined || typeof word === "string")) return false;
  if (words.event !== "begin" && words.event !== "end") return true;
  return (
    isList(projects, (one) => isRecord(one, ["project", "version"]) && typeof (one.release ?? "") === "string") &&
    isList(set, (one) => typeof one === "string") &&
    isList(hosts, (one) => typeof one === "string" || isRecord(one, ["host", "outcome"]))
  );
}

function isList<T>(list: readonly T[], isItem: (item: T) => boolean): boolean {
  return Array.isArray(list) && list.every(isItem);
}

function isRecord(value: unknown, keys: readonly string[]): boolean {
  return typeof value === "object" && value !== null && keys.every((key) => typeof (value as Record<string, unknown>)[key] === "string"); // biome-ignore format: one line
}

function parsed(line: string): Line[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? [value] : [];
  } catch {
    return [];
  }
}
