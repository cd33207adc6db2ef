import { didYouMean, FacsimileError, isFacsimileError, parseInstance, parseProject } from "@facsimile/core";
import type { PipelineContext } from "../context.ts";
import { type ReleaseFolder, releaseFolders } from "./folders.ts";
import { trustingFor } from "./trusting.ts";
import { readPlaced } from "./whole.ts";

/** The part of an id that must be typed at least. */
const SHORTEST = 7;

/**
 * The release that a user means: by the first digits of its id, or `INSTANCE/PROJECT` for the newest that is whole.
 *
 * @throws `UNKNOWN_RELEASE`: none, or several
 */
export async function findRelease(word: string, context: PipelineContext): Promise<ReleaseFolder> {
  const slash = word.indexOf("/");
  if (slash >= 0) return newest({ instance: word.slice(0, slash), project: word.slice(slash + 1) }, context);
  const all = await releaseFolders({}, context);
  const isPrefix = /^[0-9a-f]+$/i.test(word) && word.length >= SHORTEST;
  if (!isPrefix) throw unknown(`${JSON.stringify(word)} names no release`, hintFor(word, all));
  const [first, ...more] = all.filter(({ id }) => id.startsWith(word.toLowerCase()));
  if (first === undefined) throw unknown(`no release here begins with ${word}`, hintFor(word, all));
  if (more.length === 0) return first;
  const each = [first, ...more].map(({ id, instance, project }) => `${id.slice(0, word.length + 7)}  ${instance}/${project}`); // biome-ignore format: one line
  throw unknown(`${word} begins the ids of ${each.length} releases`, `Type more of it:\n${each.join("\n")}`);
}

async function newest(
  place: { readonly instance: string; readonly project: string },
  context: PipelineContext,
): Promise<ReleaseFolder> {
  parseInstance(place.instance);
  parseProject(place.project);
  const folders = await releaseFolders(place, context);
  const trusting = await trustingFor(place.instance, context);
  const read = folders.map(async (folder) => ({ folder, built: await builtAt(folder, trusting) }));
  const whole = (await Promise.all(read)).filter(({ built }) => built !== undefined);
  const [last] = whole.sort((a, b) => ((a.built ?? "") < (b.built ?? "") ? 1 : -1));
  if (last !== undefined) return last.folder;
  const name = `${place.instance}/${place.project}`;
  const found = folders.length === 0 ? `no release of ${name} lies here` : `no release of ${name} here is whole`;
  throw unknown(found, hintFor(name, await releaseFolders({}, context)));
}

async function builtAt(
  place: ReleaseFolder,
  trusting: Awaited<ReturnType<typeof trustingFor>>,
): Promise<string | undefined> {
  try {
    return (await readPlaced(place, trusting)).release.built;
  } catch (error) {
    if (isFacsimileError(error)) return undefined;
    throw error;
  }
}

function hintFor(word: string, all: readonly ReleaseFolder[]): string {
  const names = [...new Set(all.map(({ instance, project }) => `${instance}/${project}`))];
  const near = didYouMean(word, names);
  if (near !== undefined) return `Did you mean ${near}?`;
  const known =
    names.length === 0 ? "None lies here yet: facs build INSTANCE." : `There are some of ${names.join(", ")}.`;
  return `Type at least ${SHORTEST} digits of an id (facs releases INSTANCE), or INSTANCE/PROJECT for the newest.\n${known}`;
}

function unknown(message: string, hint: string): FacsimileError {
  return new FacsimileError("UNKNOWN_RELEASE", message, { hint });
}
