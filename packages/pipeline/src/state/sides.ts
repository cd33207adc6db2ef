import { FacsimileError, isFacsimileError, sha256 } from "@facsimile/core";
import { type Ends, type FileSides, joinedSides, joins, mergedFrom } from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { tryGit } from "../git.ts";
import { contentsAt, contentsByDigest, type Stages, stagesOf } from "./blobs.ts";
import { noState, readState } from "./state-file.ts";
import type { StateTarget } from "./target.ts";

/**
 * Both sides of a merge that is to be sealed, and what they came from: from git's index while the file is in conflict,
 * else by the digests that an unsigned file names, else, where it holds conflict marks, from the commits that were merged.
 * Where git's driver did its part and where it is not installed, the same comes out.
 *
 * @returns `undefined` where the file is signed: there is nothing to seal.
 * @throws `NO_STATE`; `STATE_SIDES_LOST` when git does not have a side; `STATE_MERGE_UNSEALED`; as reading a file does
 */
export async function sidesOf(target: StateTarget, context: PipelineContext): Promise<FileSides | undefined> {
  const stages = await stagesOf(target.file, context);
  const bytes = await readState(target);
  if (stages.size > 0) return isSealed(bytes, { stages, target }) ? undefined : fromStages(stages, target, context);
  if (bytes === undefined) throw noState(target);
  try {
    const ends = mergedFrom(bytes, target.name);
    return ends && (await fromEnds(ends, { target, known: [] }, context));
  } catch (error) {
    const merged = isFacsimileError(error, "STATE_INVALID") && (await mergedCommits(context));
    if (!merged) throw error;
    return fromCommits(merged, { target, cause: error as FacsimileError }, context);
  }
}

/** The file joins what git still takes for a conflict: `git add` is all that is missing. */
export function isSealed(
  bytes: Uint8Array | undefined,
  { stages, target }: { readonly stages: Stages; readonly target: StateTarget },
): boolean {
  const [base, ours, theirs] = [stages.get(1), stages.get(2), stages.get(3)];
  if (bytes === undefined || ours === undefined || theirs === undefined) return false;
  return joins(bytes, { base, ours, theirs }, target.name);
}

async function fromStages(stages: Stages, target: StateTarget, context: PipelineContext): Promise<FileSides> {
  const [base, ours, theirs] = [stages.get(1), stages.get(2), stages.get(3)];
  if (ours === undefined || theirs === undefined) throw removed(target);
  const ends = joinedSides({ base, ours, theirs }, target.name);
  const known = [base, ours, theirs].filter((bytes) => bytes !== undefined);
  return fromEnds(ends, { target, known }, context);
}

async function fromEnds(
  { ends, base }: Ends,
  { target, known }: { target: StateTarget; known: readonly Uint8Array[] },
  context: PipelineContext,
): Promise<FileSides> {
  const [mine = "", other = ""] = ends;
  const here = new Map<string, Uint8Array>(known.map((bytes) => [sha256(bytes), bytes]));
  const wanted = [mine, other, ...(base === undefined ? [] : [base])].filter((digest) => !here.has(digest));
  const found = wanted.length === 0 ? new Map() : await contentsByDigest(wanted, target.file, context);
  const bytesOf = (digest: string): Uint8Array | undefined => here.get(digest) ?? found.get(digest);
  const [ours, theirs] = [bytesOf(mine), bytesOf(other)];
  if (ours === undefined || theirs === undefined)
    throw lost(
      target,
      [mine, other].filter((each) => !bytesOf(each)),
    );
  return { base: base === undefined ? undefined : bytesOf(base), ours, theirs };
}

/** What is being merged, or what HEAD merged. */
async function mergedCommits(context: PipelineContext): Promise<readonly [string, string] | undefined> {
  for (const [ours, theirs] of [
    ["HEAD", "MERGE_HEAD"],
    ["HEAD^1", "HEAD^2"],
  ] as const) {
    const found = await Promise.all([ours, theirs].map((name) => revision(["--verify", name], context)));
    if (found[0] !== undefined && found[1] !== undefined) return [found[0], found[1]];
  }
  return undefined;
}

async function fromCommits(
  commits: readonly [string, string],
  { target, cause }: { target: StateTarget; cause: FacsimileError },
  context: PipelineContext,
): Promise<FileSides> {
  const { exitCode, stdout } = await tryGit(["merge-base", ...commits], { ...context, cwd: context.root });
  const revisions = [...commits, ...(exitCode === 0 ? [stdout] : [])];
  const [ours, theirs, base] = await contentsAt(revisions, target.file, context);
  if (ours === undefined || theirs === undefined) throw cause;
  return fromEnds(joinedSides({ base, ours, theirs }, target.name), { target, known: [ours, theirs, ...(base ? [base] : [])] }, context); // biome-ignore format: one line
}

async function revision(args: readonly string[], context: PipelineContext): Promise<string | undefined> {
  const { exitCode, stdout } = await tryGit(["rev-parse", "--quiet", ...args], { ...context, cwd: context.root });
  return exitCode === 0 ? stdout : undefined;
}

function removed({ name, file }: StateTarget): FacsimileError {
  return new FacsimileError("STATE_SIDES_LOST", `one side of the merge removed ${name}`, {
    hint: `There is nothing to join. To keep it: git add ${file}; to let it go: git rm ${file}`,
  });
}

function lost({ name }: StateTarget, digests: readonly string[]): FacsimileError {
  const which = digests.map((digest) => digest.slice(0, 12)).join(" and ");
  return new FacsimileError("STATE_SIDES_LOST", `${name} joins files that git does not have here: sha256 ${which}`, {
    hint: "A rebase leaves them with whoever did it: fetch their branches, or ask them to run facs state seal.",
  });
}
