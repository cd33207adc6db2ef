import fs from "node:fs/promises";
import { didYouMean, FacsimileError, type Position } from "@facsimile/core";
import type { PipelineContext } from "../context.ts";
import type { GitPlace } from "../git.ts";
import type { Address } from "./git/address.ts";
import { commitIn, currentOf, type Mirror, refresh } from "./git/mirror.ts";
import { ask, type Named, namesAt } from "./git/remote.ts";
import { trySafeGit } from "./git/safe-git.ts";

export interface VersionRequest {
  readonly project: string;
  readonly version: string;
  readonly mirror: Mirror;
  /** The checkout that is there. */
  readonly here: Named | undefined;
  readonly position?: Position | undefined;
}

type Context = GitPlace & Pick<PipelineContext, "onEvent">;

/**
 * The commit that a version names: a tag, else a branch, else a commit by its id. A whole id is asked of nobody; the rest
 * is asked of the repository, and where that does not answer, of what is here.
 *
 * @throws `NO_SOURCE`
 */
export async function versionAt(request: VersionRequest, context: Context): Promise<Named> {
  const { version, mirror, here } = request;
  if (WHOLE_ID.test(version) && (here?.commit === version || (await commitIn(mirror, { ...context, name: version }))))
    return { kind: "commit", commit: version };
  const answer = await ask(version, { ...context, address: mirror.address });
  if (!answer.answers) return remembered(request, { ...context, why: answer.why });
  const { tag, branch } = answer;
  if (tag !== undefined) {
    if (branch !== undefined && branch !== tag) tell(request, context, "is a tag and a branch there: the tag is taken");
    return { kind: "tag", commit: tag };
  }
  if (branch !== undefined) return { kind: "branch", commit: branch };
  if (ID.test(version)) return commitById(request, context);
  if (here === undefined) throw await noVersion(request, context);
  tell(request, context, "is not there any more: the checkout of it is used");
  return pick(here);
}

/** git's own abbreviations have seven digits or more. */
const ID = /^[0-9a-f]{7,64}$/;
const WHOLE_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

async function commitById(request: VersionRequest, context: Context): Promise<Named> {
  const { version, mirror } = request;
  const find = () => commitIn(mirror, { ...context, name: version });
  if ((await find()) === undefined) {
    const commit = WHOLE_ID.test(version) ? version : undefined;
    // A server need not hand out a commit that no branch leads to: it is then as if it were not there.
    await refresh(mirror, { ...context, commit }).catch((error: unknown) => {
      if (commit === undefined) throw error;
    });
  }
  const commit = await find();
  if (commit === undefined) throw await noVersion(request, context);
  return { kind: "commit", commit };
}

/** What the mirror or the checkout last saw. */
async function remembered(
  request: VersionRequest,
  { why, ...context }: Context & { readonly why: string },
): Promise<Named> {
  const { project, version, mirror, here, position } = request;
  const inMirror = async (kind: Named["kind"], name: string) => {
    const commit = await commitIn(mirror, { ...context, name });
    return commit && { kind, commit };
  };
  const found =
    here ??
    ((await inMirror("tag", `refs/tags/${version}`)) ||
      (await inMirror("branch", `refs/heads/${version}`)) ||
      (ID.test(version) && (await inMirror("commit", version))));
  const isGone = await isMissing(mirror.address);
  if (!found && isGone) {
    throw new FacsimileError("NO_SOURCE", `${project}: there is no repository at ${mirror.address.url}`, {
      position,
      hint: `Make or clone it there, or mend projects.${project}.repo.`,
    });
  }
  if (!found) {
    throw new FacsimileError("NO_SOURCE", `${project}: git cannot read ${mirror.address.url}:\n${why}`, {
      position,
      hint: `Mend projects.${project}.repo, or what keeps git from it: git ls-remote ${mirror.address.url}`,
    });
  }
  const unknown = found.kind === "branch" ? `what ${version} is by now` : `whether ${version} was moved`;
  const lack = isGone ? `there is no repository at ${mirror.address.url}` : `${mirror.address.url} does not answer`;
  const message = `${lack}: ${unknown} is not known`;
  context.onEvent({ type: "warning", message, hint: `Taken is ${found.commit.slice(0, 12)}, which is here.` });
  return pick(found);
}

/** A path of this machine where nothing is. */
async function isMissing({ url, isLocal }: Address): Promise<boolean> {
  if (!isLocal || url.startsWith("file:")) return false;
  return fs.access(url).then(
    () => false,
    () => true,
  );
}

function pick({ kind, commit }: Named): Named {
  return { kind, commit };
}

function tell({ project, version, mirror }: VersionRequest, { onEvent }: Context, what: string): void {
  onEvent({ type: "warning", message: `${project}: ${version} ${what}, in ${mirror.address.url}` });
}

async function noVersion(request: VersionRequest, context: Context): Promise<FacsimileError> {
  const { project, version, mirror, position } = request;
  const several = await candidates(request, context);
  if (several !== undefined) {
    return new FacsimileError("NO_SOURCE", `${project}: ${version} begins the id of several commits:\n${several}`, {
      position,
      hint: "Write more digits of the one you mean.",
    });
  }
  const hint = hintOf(version, {
    ...(await namesAt({ ...context, address: mirror.address })),
    address: mirror.address,
  });
  return new FacsimileError("NO_SOURCE", `${project} has no version ${version} in ${mirror.address.url}`, {
    position,
    hint,
  });
}

async function candidates({ version, mirror }: VersionRequest, context: Context): Promise<string | undefined> {
  const current = ID.test(version) ? await currentOf(mirror) : undefined;
  if (current === undefined) return undefined;
  const args = [`--git-dir=${current}`, "rev-parse", "--verify", "--end-of-options", `${version}^{commit}`];
  const { stderr } = await trySafeGit(args, context);
  const listed = stderr.split("\n").filter((line) => /^hint: {3}[0-9a-f]+ commit/.test(line));
  return listed.length > 1 ? listed.map((line) => line.replace("hint: ", "")).join("\n") : undefined;
}

/** More names than these are only counted. */
const LISTED = 5;

function hintOf(
  version: string,
  { tags, branches, address }: { tags: readonly string[]; branches: readonly string[]; address: Address },
): string {
  const near = didYouMean(version, [...tags, ...branches]);
  if (near !== undefined) return `Did you mean ${near}?`;
  const more = address.isLocal ? "\nThose that others pushed come with git fetch --tags there." : "";
  const [kind, names] = tags.length > 0 ? ["tags", tags] : ["branches", branches];
  if (names.length === 0) return `The repository is empty: commit there, and tag it: git tag ${version}`;
  const others = names.length > LISTED ? ` and ${names.length - LISTED} others` : "";
  return `Its ${kind}: ${names.slice(0, LISTED).join(", ")}${others}.${kind === "tags" ? more : " It has no tags yet."}`;
}
