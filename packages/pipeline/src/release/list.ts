import { compareBytes, type FacsimileError, isFacsimileError, parseInstance, parseProject } from "@facsimile/core";
import type { Manifest } from "@facsimile/manifest";
import type { PipelineContext } from "../context.ts";
import { type NamedKey, namesOf } from "../people/names.ts";
import { type ReleaseFolder, releaseFolders } from "./folders.ts";
import type { Release } from "./release.ts";
import { type Running, runningOf } from "./running.ts";
import { scopeIn, type Trusting, trustingFor } from "./trusting.ts";
import { readManifests, readPlaced } from "./whole.ts";

export interface ReleasesRequest {
  readonly instance: string;
  /** Default: every project. */
  readonly project?: string | undefined;
}

export interface ReleaseListing {
  readonly schema: "releases/1";
  readonly instance: string;
  /** Newest first. */
  readonly releases: readonly ListedRelease[];
}

export interface ListedRelease {
  readonly project: string;
  readonly release: string;
  /** What is wrong with it; what follows is then missing. */
  readonly problem?: FacsimileError | undefined;
  readonly version?: string | undefined;
  /** ISO 8601, UTC. */
  readonly built?: string | undefined;
  readonly builder?: NamedKey | undefined;
  readonly definition?: Release["definition"] | undefined;
  readonly source?: Release["source"] | undefined;
  /** Of its files here, each content once. */
  readonly bytes?: number | undefined;
  readonly hosts?: readonly string[] | undefined;
  /** Those of its hosts that run it, as the journals of this machine know. */
  readonly runsOn?: readonly string[] | undefined;
}

/**
 * The releases of an instance that lie here. Signatures, ids and manifests are checked, files are not read.
 *
 * @throws `BAD_NAME`; `UNKNOWN_INSTANCE`, `UNKNOWN_PROJECT` where there is neither a release nor a definition of it
 */
export async function listReleases(
  { instance, project }: ReleasesRequest,
  context: PipelineContext,
): Promise<ReleaseListing> {
  parseInstance(instance);
  const named = project === undefined ? undefined : parseProject(project);
  const folders = await releaseFolders({ instance, project }, context);
  if (folders.length === 0) await scopeIn(instance, { ...context, project: named });
  const running = await runningOf(instance, context);
  const trusting = folders.length === 0 ? undefined : await trustingFor(instance, context);
  const listed = trusting && folders.map((place) => listedRelease(place, { running, trusting, context }));
  const releases = await Promise.all(listed ?? []);
  return { schema: "releases/1", instance, releases: releases.sort(newestFirst) };
}

function newestFirst(a: ListedRelease, b: ListedRelease): number {
  return compareBytes(b.built ?? "", a.built ?? "") || compareBytes(a.release, b.release);
}

async function listedRelease(
  place: ReleaseFolder,
  { running, trusting, context }: { running: Running; trusting: Trusting; context: PipelineContext },
): Promise<ListedRelease> {
  const { project, id, folder, name } = place;
  try {
    const { release } = await readPlaced(place, trusting);
    const manifests = await readManifests(folder, { release, name });
    const { version, built, definition, source, hosts } = release;
    const [builder] = await namesOf([release.builder], context);
    const runsOn = Object.keys(hosts).filter((host) => running.get(project)?.get(host) === id);
    const own = { version, built, builder, definition, source, bytes: bytesHere(release, manifests) };
    return { project, release: id, ...own, hosts: Object.keys(hosts), runsOn };
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    return { project, release: id, problem: error };
  }
}

/** Without what is withheld; equal files of equal modes are one on the disk. */
export function bytesHere({ trees }: Release, manifests: ReadonlyMap<string, Manifest>): number {
  const sizes = new Map<string, number>();
  for (const [id, { entries }] of manifests) {
    const withheld = new Set(trees[id]?.withheld);
    for (const entry of entries) {
      if (entry.type === "file" && !withheld.has(entry.path)) sizes.set(`${entry.sha256} ${entry.mode}`, entry.size);
    }
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
