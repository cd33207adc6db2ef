import fs from "node:fs/promises";
import path from "node:path";
import { compareBytes, errnoOf } from "@facsimile/core";
import { type PipelineContext, workFolders } from "../context.ts";

/** Which release each host runs, as far as this machine's journals know: project → host → release id. */
export type Running = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Reads the journals of an instance's runs, old to new. What others deployed from elsewhere is not in them. */
export async function runningOf(instance: string, context: Pick<PipelineContext, "work">): Promise<Running> {
  const folder = path.join(workFolders(context).releases, instance, "runs");
  const running = new Map<string, Map<string, string>>();
  const files = await Promise.all((await journals(folder)).map((file) => fs.readFile(path.join(folder, file), "utf8")));
  const runs = files.map((text) => text.split("\n").flatMap(parsed));
  for (const lines of runs.sort((a, b) => compareBytes(a[0]?.at ?? "", b[0]?.at ?? ""))) {
    for (const { project, release } of lines.find(({ event }) => event === "begin")?.projects ?? []) {
      running.set(project, new Map([...(running.get(project) ?? []), ...ranBy(lines, release)]));
    }
  }
  return running;
}

/** Host and release, for each host that a run left with it. */
function ranBy(lines: readonly Line[], release: string): readonly (readonly [string, string])[] {
  const hosts = lines.find(({ event }) => event === "end")?.hosts ?? [];
  return hosts.flatMap(({ host, outcome }) => (RUNS.includes(outcome) ? [[host, release] as const] : []));
}

const RUNS: readonly string[] = ["done", "unchanged"];

interface Line {
  readonly at?: string;
  readonly event?: string;
  readonly projects?: readonly { readonly project: string; readonly release: string }[];
  readonly hosts?: readonly { readonly host: string; readonly outcome: string }[];
}

// The last line of a killed run may be cut.
function parsed(line: string): Line[] {
  try {
    return line === "" ? [] : [JSON.parse(line) as Line];
  } catch {
    return [];
  }
}

async function journals(folder: string): Promise<string[]> {
  try {
    return (await fs.readdir(folder)).filter((name) => name.endsWith(".jsonl"));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}
