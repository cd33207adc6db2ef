import { FacsimileError, throwProblems } from "@facsimile/core";
import type { Outline } from "../../instance/outline.ts";
import type { Surveyed } from "../look/survey.ts";
import { type HostHistory, releaseBefore, releasesNamed } from "./order.ts";
import { type Named, nameOf, type RollbackWords } from "./words.ts";

export interface Asked {
  readonly outline: Pick<Outline, "instance" | "projects">;
  readonly surveyed: readonly Surveyed[];
  readonly words: RollbackWords;
  /** The choice of hosts as it is typed, a blank before it. Default: all hosts. */
  readonly chosen?: string;
}

/**
 * Which release each project goes to, in the order of the projects: the one that is named, or the last that hosts confirmed
 * before the one they run. Without names: of all projects that have an older one.
 *
 * @throws `UNKNOWN_RELEASE`; `ROLLBACK_UNSURE` without a name, where a host did not answer; `NO_OLDER_RELEASE` where a project that is named has none, or no project has one
 */
export function goalsOf({ outline, surveyed, words, chosen = "" }: Asked): readonly Named[] {
  const histories = outline.projects.map(({ project }) => ({ project, hosts: historiesOf(project, surveyed) }));
  if (words.release !== undefined) return [namedGoal(words.release, { histories, instance: outline.instance.full })];
  assertAllHeard(surveyed, { instance: outline.instance.full, chosen });
  const goals = histories.map(({ project, hosts }) => ({ project, entry: releaseBefore(hosts) }));
  const none = goals.filter(({ entry }) => entry === undefined);
  if (words.projects.length > 0 || none.length === goals.length)
    throwProblems(none.map(({ project }) => noOlder(project, { instance: outline.instance.full, chosen })));
  return goals.flatMap(({ project, entry }) => (entry === undefined ? [] : [{ project, version: entry.version, id: entry.release }])); // biome-ignore format: one line
}

/**
 * The projects that the words may be about: those of which a host that answered confirmed the release that is named. Where none
 * did, a silent host may have, and it is about all. Pure.
 */
export function projectsMeant({ outline, surveyed, words }: Asked): readonly Pick<Named, "project">[] {
  const { release } = words;
  if (release === undefined) return outline.projects;
  const found = outline.projects.filter(
    ({ project }) => releasesNamed(release, historiesOf(project, surveyed)).length > 0,
  );
  return found.length > 0 ? found : outline.projects;
}

interface Where {
  readonly instance: string;
  readonly chosen: string;
}

/** More hosts than this are only counted. */
const NAMED = 8;

/** A host that nobody asked may run the newest release: without it, all would go one too far. */
function assertAllHeard(surveyed: readonly Surveyed[], { instance, chosen }: Where): void {
  const silent = surveyed.filter(({ problem }) => problem !== undefined).map(({ reached: { host } }) => host.name);
  if (silent.length === 0) return;
  const names = silent.length > NAMED ? `${silent.slice(0, NAMED).join(", ")} and ${silent.length - NAMED} more` : silent.join(", "); // biome-ignore format: one line
  const does = silent.length === 1 ? "does" : "do";
  throw new FacsimileError("ROLLBACK_UNSURE", `${names} ${does} not answer, so nobody knows which release is the one before`, {
    hint: `Name the release: facs history ${instance}, then facs rollback ${instance} RELEASE${chosen}`,
  }); // biome-ignore format: one line
}

function historiesOf(project: string, surveyed: readonly Surveyed[]): readonly HostHistory[] {
  return surveyed.flatMap(({ projects }) => projects.get(project)?.probe ?? []);
}

function namedGoal(
  word: string,
  {
    histories,
    instance,
  }: { histories: readonly { project: string; hosts: readonly HostHistory[] }[]; instance: string },
): Named {
  const found = histories.flatMap(({ project, hosts }) =>
    releasesNamed(word, hosts).map(({ release, version }) => ({ project, version, id: release })),
  );
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) return only;
  const message =
    only === undefined
      ? `no host of ${instance} confirmed a release ${word}`
      : `${word} begins the ids of ${found.length} releases`;
  const hint =
    only === undefined
      ? `What they confirmed: facs history ${instance}`
      : `Type more of it:\n${found.map((each) => `${each.id.slice(0, word.length + 7)}  ${nameOf(each)}`).join("\n")}`;
  throw new FacsimileError("UNKNOWN_RELEASE", message, { hint });
}

function noOlder(project: string, { instance, chosen }: Where): FacsimileError {
  return new FacsimileError("NO_OLDER_RELEASE", `hosts of ${instance} confirmed no release of ${project} before the one they run`, {
    hint: `What they confirmed: facs history ${instance} ${project}. Any version: facs deploy ${instance} ${project}@VERSION${chosen}`,
  }); // biome-ignore format: one line
}
