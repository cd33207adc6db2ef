import fs from "node:fs/promises";
import path from "node:path";
import { FacsimileError, type Position } from "@facsimile/core";
import { checkoutFolder } from "@facsimile/definitions";
import { type PipelineContext, workFolders } from "../context.ts";
import { git, tryGit } from "../git.ts";

export interface CheckoutRequest {
  readonly project: string;
  /** As `git clone` takes it; a path may be relative to the conglomerate. */
  readonly repo: string;
  /** A tag, or a branch. */
  readonly version: string;
  /** Folder of the project within the repository. Default: its root. */
  readonly subfolder?: string | undefined;
  /** Where the definition names the repository. */
  readonly position?: Position | undefined;
}

export interface Checkout {
  /** The project's sources, absolute. */
  readonly dir: string;
  /** The whole repository at that version, absolute. */
  readonly top: string;
  readonly commit: string;
}

/**
 * Puts one version of a project's sources into `SRC/<project>-<version>/`, or checks the one that is there.
 *
 * @throws `NO_SOURCE` (no such repository, or no such version in it), `TAG_MOVED`, `SOURCE_DIRTY`
 */
export async function checkout(request: CheckoutRequest, context: PipelineContext): Promise<Checkout> {
  const { project, version } = request;
  const folder = checkoutFolder({ project, version }, workFolders(context).sources);
  const repo = await locate(request, context.root);
  if (await exists(path.join(folder, ".git"))) await assertUnchanged({ ...request, repo, folder }, context);
  else await cloneAfresh({ ...request, repo, folder }, context);
  const commit = await git(["rev-parse", "HEAD"], { ...context, cwd: folder });
  return { dir: path.join(folder, request.subfolder ?? "."), top: folder, commit };
}

type Located = CheckoutRequest & { readonly folder: string };

async function locate({ repo, project, position }: CheckoutRequest, root: string): Promise<string> {
  if (/^[a-z+]+:\/\//.test(repo) || /^[^/]+:/.test(repo)) return repo;
  const local = path.resolve(root, repo);
  if (await exists(local)) return local;
  throw new FacsimileError("NO_SOURCE", `${project}: there is no repository at ${local}`, {
    position,
    hint: `Make or clone it there, or mend projects.${project}.repo.`,
  });
}

// What lies there without being a checkout is the rest of something: git itself left none.
async function cloneAfresh(request: Located, context: PipelineContext): Promise<void> {
  await fs.rm(request.folder, { recursive: true, force: true });
  await clone(request, context);
}

// Cloned beside its place and renamed: a killed clone leaves nothing that looks whole.
async function clone({ repo, version, folder, project, position }: Located, context: PipelineContext): Promise<void> {
  context.onEvent({ type: "checkout", project, version });
  const parent = path.dirname(folder);
  await fs.mkdir(parent, { recursive: true });
  const partial = await fs.mkdtemp(path.join(parent, ".clone-"));
  try {
    const args = [
      "-c",
      "advice.detachedHead=false",
      "clone",
      "--quiet",
      "--depth=1",
      "--branch",
      version,
      "--",
      repo,
      partial,
    ];
    const { exitCode, stderr } = await tryGit(args, { ...context, cwd: parent });
    if (exitCode !== 0) throw noVersion({ project, version, repo, position, stderr });
    await fs.rename(partial, folder).catch(async (error: unknown) => {
      // Somebody else was as quick; theirs is looked at as any that was there before.
      if (!(await exists(path.join(folder, ".git")))) throw error;
    });
  } finally {
    await fs.rm(partial, { recursive: true, force: true });
  }
}

async function assertUnchanged({ repo, version, folder, project }: Located, context: PipelineContext): Promise<void> {
  const name = path.relative(context.root, folder);
  const dirty = await git(["status", "--porcelain", "--untracked-files=normal"], { ...context, cwd: folder });
  if (dirty !== "") {
    throw new FacsimileError("SOURCE_DIRTY", `${name} was changed by hand:\n${dirty}`, {
      hint: `Commit the change to ${project}'s repository under a new version, then remove ${name}.`,
    });
  }
  const [here, there] = [
    await git(["rev-parse", "HEAD"], { ...context, cwd: folder }),
    await remoteCommit({ repo, version, folder }, context),
  ];
  if (there === undefined || there === here) return;
  throw new FacsimileError(
    "TAG_MOVED",
    `${project}: ${version} was ${here.slice(0, 12)} and is now ${there.slice(0, 12)} in ${repo}`,
    {
      hint: `A version should name one content for ever. To take the new one: rm -r ${name}`,
    },
  );
}

/** The commit that `version` names in the repository; `undefined` when the repository does not answer. */
async function remoteCommit(
  { repo, version, folder }: { repo: string; version: string; folder: string },
  context: PipelineContext,
): Promise<string | undefined> {
  const refs = [`refs/tags/${version}`, `refs/tags/${version}^{}`, `refs/heads/${version}`];
  const { exitCode, stdout } = await tryGit(["ls-remote", "--", repo, ...refs], { ...context, cwd: folder });
  if (exitCode !== 0) {
    context.onEvent({ type: "warning", message: `${repo} does not answer: whether ${version} was moved is not known` });
    return undefined;
  }
  const found = new Map(stdout.split("\n").map((line) => [line.slice(41), line.slice(0, 40)]));
  return found.get(refs[1] ?? "") ?? found.get(refs[0] ?? "") ?? found.get(refs[2] ?? "");
}

function noVersion({
  project,
  version,
  repo,
  position,
  stderr,
}: Omit<Located, "folder"> & { stderr: string }): FacsimileError {
  if (/Remote branch .* not found/.test(stderr)) {
    return new FacsimileError("NO_SOURCE", `${project} has no version ${version} in ${repo}`, {
      position,
      hint: `List its versions: git ls-remote --tags ${repo}${path.isAbsolute(repo) ? FETCH : ""}`,
    });
  }
  return new FacsimileError("NO_SOURCE", `${project}: git could not clone ${repo}:\n${stderr.trim()}`, { position });
}

const FETCH = "\nThose that others pushed come with git fetch --tags there.";

async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}
