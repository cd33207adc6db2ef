import { FacsimileError, isFacsimileError } from "@facsimile/core";
import type { HistoryEntry, Session } from "@facsimile/transport";
import { parseRelease, type Release } from "../../release/release.ts";
import type { Survey, Surveyed } from "../look/survey.ts";
import { type Asked, goalsOf } from "./goals.ts";
import { type Named, nameOf } from "./words.ts";

/**
 * {@link goalsOf}, without what another instance deployed to the same places while they were its own. Where histories do not tell
 * whose an entry is, records do: one is read for each release that comes into question, on one host.
 *
 * @throws What {@link goalsOf} throws; `UNKNOWN_RELEASE` where the one that is named is another instance's
 */
export async function ownGoals(typed: Asked): Promise<readonly Named[]> {
  const instance = typed.outline.instance.full;
  const isOurs = ({ instance: whose = instance }: HistoryEntry) => whose === instance;
  const asked = typed.words.release === undefined ? { ...typed, surveyed: typed.surveyed.map((one) => onlyWith(isOurs, one)) } : typed; // biome-ignore format: one line
  const goals = goalsOf(asked);
  const whose = await Promise.all(goals.map((goal) => instanceOf(goal, asked.surveyed)));
  const foreign = goals.flatMap((goal, i) => {
    const owner = whose[i] ?? instance;
    return owner === instance ? [] : [{ ...goal, owner }];
  });
  const [first] = foreign;
  if (first === undefined) return goals;
  if (asked.words.release !== undefined) throw notOurs(first, instance);
  const ids = new Set(foreign.map(({ id }) => id));
  return ownGoals({ ...asked, surveyed: asked.surveyed.map((one) => onlyWith(({ release }) => !ids.has(release), one)) }); // biome-ignore format: one line
}

function notOurs({ owner, ...goal }: Named & { readonly owner: string }, instance: string): FacsimileError {
  return new FacsimileError("UNKNOWN_RELEASE", `${nameOf(goal)} is a release of ${owner}, which had the place then`, {
    hint: `What hosts of ${instance} confirmed: facs history ${instance} ${goal.project}`,
  });
}

/** Undefined where no host that answers has a whole record of it: then it is told as lost, or damaged, where it is looked for. */
async function instanceOf({ project, id }: Named, surveyed: readonly Surveyed[]): Promise<string | undefined> {
  for (const { reached, projects } of surveyed) {
    const found = projects.get(project);
    if (!("session" in reached) || found === undefined) continue;
    const release = await recordOf(id, { session: reached.session, found });
    // Its id covers the instance: an edited record has another one.
    if (release?.id === id) return release.instance;
  }
  return undefined;
}

async function recordOf(
  id: string,
  { session, found: { place, probe, release } }: { readonly session: Session; readonly found: Survey },
): Promise<Release | undefined> {
  if (release?.id === id) return release;
  if (!probe.records.includes(id)) return undefined;
  try {
    const text = (await session.readRecord(place, { release: id, files: ["release.json"] }))?.files["release.json"];
    return text === undefined ? undefined : parseRelease(Buffer.from(text), `release.json on ${session.host}`);
  } catch (error) {
    if (isFacsimileError(error)) return undefined; // The next host may have it.
    throw error;
  }
}

function onlyWith(isMeant: (entry: HistoryEntry) => boolean, surveyed: Surveyed): Surveyed {
  const projects = [...surveyed.projects].map(([project, found]) => {
    const history = found.probe.history.filter(isMeant);
    return [project, { ...found, probe: { ...found.probe, history } }] as const;
  });
  return { ...surveyed, projects: new Map(projects) };
}
