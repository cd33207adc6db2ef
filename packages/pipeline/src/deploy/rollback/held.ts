import { FacsimileError, isFacsimileError, throwProblems } from "@facsimile/core";
import type { Trust } from "@facsimile/state";
import { fanOut, type Probe, treeOf } from "@facsimile/transport";
import type { Outline } from "../../instance/outline.ts";
import { type HeldRelease, heldRelease } from "../look/held-record.ts";
import { problemOf } from "../look/hosts.ts";
import type { Surveyed } from "../look/survey.ts";
import { goElsewhere, type Named, nameOf } from "./words.ts";

/** A release that a host can go back to. */
export interface Held extends HeldRelease {
  /** Folder of `releases/` with its tree. */
  readonly dir: string;
}

/** By host and project. */
export type AllHeld = ReadonlyMap<string, ReadonlyMap<string, Held>>;

interface Looking {
  readonly outline: Pick<Outline, "definition" | "instance">;
  readonly goals: readonly Named[];
  readonly trust: Trust;
  /** The choice of hosts as it is typed, a blank before it. Default: all hosts. */
  readonly chosen?: string;
}

/**
 * Looks on every host that answered whether it holds the releases: signed records, and folders of their trees. No tree is
 * hashed yet.
 *
 * @throws all that hosts lack, at once: `ROLLBACK_IMPOSSIBLE`; what {@link heldRelease} throws
 */
export async function findHeld(surveyed: readonly Surveyed[], looking: Looking): Promise<AllHeld> {
  const limit = looking.outline.definition.values.deploy.parallel;
  const answering = surveyed.filter(({ problem }) => problem === undefined);
  const outcomes = await fanOut(answering, { limit, work: (one) => heldOn(one, looking) });
  const found = outcomes.map((outcome) => {
    const { host } = outcome.item.reached;
    if (outcome.status === "done") return { host, ...outcome.value };
    return { host, held: new Map<string, Held>(), problems: [problemOf("error" in outcome ? outcome.error : undefined, host)] }; // biome-ignore format: one line
  });
  throwProblems(found.flatMap(({ problems }) => problems));
  return new Map(found.map(({ host, held }) => [host.name, held]));
}

async function heldOn(
  surveyed: Surveyed,
  { goals, ...looking }: Looking,
): Promise<{ held: ReadonlyMap<string, Held>; problems: FacsimileError[] }> {
  const problems: FacsimileError[] = [];
  const held = new Map<string, Held>();
  for (const goal of goals.filter(({ project }) => surveyed.projects.has(project))) {
    try {
      held.set(goal.project, await heldOf(goal, { surveyed, ...looking }));
    } catch (error) {
      if (!isFacsimileError(error)) throw error;
      problems.push(error);
    }
  }
  return { held, problems };
}

async function heldOf(
  goal: Named,
  { surveyed: { reached, projects }, outline, trust, chosen }: Omit<Looking, "goals"> & { surveyed: Surveyed },
): Promise<Held> {
  const found = projects.get(goal.project);
  const instance = outline.instance.full;
  const hint = goElsewhere(instance, goal, { runs: found?.release?.version, chosen });
  const lacks = (what: string) => new FacsimileError("ROLLBACK_IMPOSSIBLE", `${reached.host.name} ${what}`, { hint });
  if (found === undefined || !("session" in reached)) throw new Error(`${reached.host.name} was not asked`);
  if (found.probe.current === undefined) throw lacks(`runs nothing of ${goal.project}`);
  if (found.place.strategy === "mirror" && found.probe.current.release !== goal.id)
    throw lacks(`keeps only what runs of ${goal.project}: its strategy is mirror`);
  const record = await reached.session.readRecord(found.place, { release: goal.id });
  if (record?.files["release.json"] === undefined || record.files["manifest"] === undefined)
    throw lacks(`does not hold ${nameOf(goal)} any more`);
  const { scope } = outline.definition;
  const release = await heldRelease(record, { host: reached.host, project: goal.project, instance, scope, trust });
  const tree = release.release.hosts[reached.host.name] ?? "";
  const dir = dirOf(tree, found.probe);
  if (dir === undefined) throw lacks(`does not hold the files of ${nameOf(goal)} any more`);
  return { ...release, dir };
}

/** What runs, if it is that tree; else the folder that was confirmed last. */
function dirOf(tree: string, { current, dirs, history }: Probe): string | undefined {
  if (current?.tree === tree) return current.dir;
  const there = dirs.filter((dir) => treeOf(dir) === tree);
  return history.findLast(({ dir }) => there.includes(dir))?.dir ?? there.at(-1);
}
