import { FacsimileError, throwProblems } from "@facsimile/core";
import { findConglomerate, listProjects } from "@facsimile/definitions";
import type { PipelineContext } from "../../context.ts";

/** What `facs rollback INSTANCE …` names. */
export interface RollbackWords {
  /** Empty: all. */
  readonly projects: readonly string[];
  /** The start of a release's id, of 7 digits at least. */
  readonly release: string | undefined;
}

/** @throws `USAGE`: a version, two releases, or a release beside several projects */
export async function parseWords(
  words: readonly string[],
  {
    instance,
    root,
    chosen = "",
  }: Pick<PipelineContext, "root"> & { readonly instance: string; readonly chosen?: string },
): Promise<RollbackWords> {
  const named = words.some((word) => RELEASE.test(word)) ? await listProjects(await findConglomerate(root)) : [];
  const isRelease = (word: string) => RELEASE.test(word) && !named.some((project) => project === word);
  const releases = words.filter(isRelease);
  const projects = words.filter((word) => !isRelease(word));
  const versions = projects.filter((word) => word.includes("@"));
  throwProblems([
    ...versions.map((word) => usage(`${word} names a version, and a rollback goes to a release`, `${TYPE} ${instance} PROJECT${chosen}. To deploy that version: facs deploy ${instance} ${word}${chosen}`)),
    ...(releases.length > 1 ? [usage(`${releases.join(" and ")} are two releases`, `A release is of one project: ${TYPE} ${instance} RELEASE${chosen}, one after the other.`)] : []),
    ...(releases.length > 0 && projects.length > 1 ? [usage("a release is of one project, and several are named", `${TYPE} ${instance} ${releases[0]}${chosen}`)] : []),
  ]); // biome-ignore format: a line for each
  return { projects, release: releases[0] };
}

const RELEASE = /^[0-9a-f]{7,64}$/;
const TYPE = "facs rollback";

function usage(message: string, hint: string): FacsimileError {
  return new FacsimileError("USAGE", message, { hint });
}

/** A release, as messages about the way back name it. */
export interface Named {
  readonly project: string;
  readonly version: string;
  readonly id: string;
}

/** `storefront 1.0.0 (9b01c44)`. */
export function nameOf({ project, version, id }: Named): string {
  return `${project} ${version} (${id.slice(0, 7)})`;
}

/** What brings a version to hosts that do not hold its release; with the secrets and values of now. */
function deployInstead(instance: string, { project, version }: Pick<Named, "project" | "version">): string {
  return `facs deploy ${instance} ${project}@${version}`;
}

/**
 * What to do where a release cannot be gone back to.
 *
 * @param where `runs`: the version that runs now; of the same one a deploy would bring what the definitions say now, not what they
 *   said then. `chosen`: the choice of hosts as it is typed, a blank before it; default: all hosts.
 */
export function goElsewhere(
  instance: string,
  goal: Pick<Named, "project" | "version">,
  { runs, chosen = "" }: { readonly runs: string | undefined; readonly chosen?: string | undefined },
): string {
  if (runs !== goal.version) return `${deployInstead(instance, goal)}${chosen}`;
  return `Another release: facs history ${instance} ${goal.project}. What runs is ${goal.version} too: to have it as it was then, put back what the definitions said, and deploy.`;
}
