import { randomBytes } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import type { PipelineContext } from "../context.ts";
import type { Outline } from "../instance/outline.ts";
import { outline } from "../instance/outline-of.ts";
import { PARTIAL, releaseFolder } from "./layout.ts";
import { leftovers } from "./leftovers.ts";
import { type ListedRelease, listReleases } from "./list.ts";
import { type AskedHost, askHosts } from "./on-hosts.ts";

export interface PruneRequest {
  readonly instance: string;
  /** How many of the newest of each project stay, whatever hosts run. Default: `deploy.keep`. */
  readonly keep?: number | undefined;
}

/** What would go, and why the rest stays. */
export interface PrunePlan {
  readonly schema: "prune/1";
  readonly instance: string;
  readonly remove: readonly ListedRelease[];
  readonly keep: readonly KeptRelease[];
  /** What killed runs left, a day ago or earlier; relative to the root. */
  readonly leftovers: readonly string[];
  /** Hosts that did not answer: whatever they may run stays. */
  readonly unasked: readonly string[];
}

export interface KeptRelease extends ListedRelease {
  readonly why: "runs" | "newest" | "unasked" | "broken";
  /** The hosts that it is about. */
  readonly on: readonly string[];
}

/**
 * Asks every host of an instance what it runs, and says which sealed releases nothing needs. Nothing is changed.
 *
 * @throws What `outline` and `listReleases` throw
 */
export async function planPrune({ instance, keep }: PruneRequest, context: PipelineContext): Promise<PrunePlan> {
  const outlined = await outline({ instance }, context);
  const { releases } = await listReleases({ instance }, context);
  const asked = await askHosts({ outline: outlined, projects: [...new Set(releases.map(({ project }) => project))] }, context); // biome-ignore format: one line
  const judged = releases.map((release) =>
    judge(release, { asked, newest: newestOf(releases, keep ?? keepOf(outlined)) }),
  );
  return {
    schema: "prune/1",
    instance,
    remove: judged.flatMap((one) => ("why" in one ? [] : [one])),
    keep: judged.flatMap((one) => ("why" in one ? [one] : [])),
    leftovers: await leftovers(instance, context),
    unasked: asked.flatMap(({ host, running }) => (running === undefined ? [host] : [])),
  };
}

/** Removes what a plan names. What a killed prune leaves is a leftover, and no release. */
export async function prune({ instance, remove, leftovers }: PrunePlan, context: PipelineContext): Promise<void> {
  for (const { project, release } of remove) {
    const folder = releaseFolder({ instance, project, id: release }, context);
    const going = path.join(path.dirname(folder), `${PARTIAL}${randomBytes(6).toString("hex")}`);
    await fs.rename(folder, going);
    await fs.rm(going, { recursive: true, force: true });
  }
  for (const name of leftovers) await fs.rm(path.join(context.root, name), { recursive: true, force: true });
}

function keepOf({ definition }: Outline): number {
  return definition.values.deploy.keep;
}

/** Per project, the newest that are whole; `releases` has the newest first. */
function newestOf(releases: readonly ListedRelease[], keep: number): ReadonlySet<string> {
  const whole = releases.filter(({ problem }) => problem === undefined);
  const before = (index: number) => whole.slice(0, index).filter(({ project }) => project === whole[index]?.project);
  return new Set(whole.flatMap(({ release }, index) => (before(index).length < keep ? [release] : [])));
}

function judge(
  release: ListedRelease,
  { asked, newest }: { asked: readonly AskedHost[]; newest: ReadonlySet<string> },
): ListedRelease | KeptRelease {
  const { project, release: id, hosts = [], problem } = release;
  if (problem !== undefined) return { ...release, why: "broken", on: [] };
  const on = asked.filter(({ running }) => running?.get(project) === id).map(({ host }) => host);
  if (on.length > 0) return { ...release, why: "runs", on };
  if (newest.has(id)) return { ...release, why: "newest", on: [] };
  const unasked = asked.filter(({ host, running }) => running === undefined && hosts.includes(host));
  return unasked.length === 0 ? release : { ...release, why: "unasked", on: unasked.map(({ host }) => host) };
}
