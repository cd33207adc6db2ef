import type { PipelineContext } from "../context.ts";
import { pastRuns } from "../deploy/journal/journals.ts";

/** Which release each host runs, as far as this machine's journals know: project → host → release id. */
export type Running = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Reads the journals of an instance's runs, old to new. What others deployed from elsewhere is not in them. */
export async function runningOf(instance: string, context: Pick<PipelineContext, "work">): Promise<Running> {
  const running = new Map<string, Map<string, string>>();
  for (const { projects, hosts } of await pastRuns(instance, context)) {
    const left = [...hosts].filter(([, outcome]) => outcome === "done" || outcome === "unchanged");
    for (const { project, release } of projects) {
      if (release === undefined) continue;
      const now = left.map(([host]) => [host, release] as const);
      running.set(project, new Map([...(running.get(project) ?? []), ...now]));
    }
  }
  return running;
}
