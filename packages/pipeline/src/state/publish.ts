import fs from "node:fs/promises";
import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import { isInRepo } from "@facsimile/definitions";
import { type GitContext, git, tryGit } from "../git.ts";

/** How the definitions repository stands towards its remote. */
export type Standing =
  | { readonly kind: "no-git" }
  | { readonly kind: "no-remote" }
  | { readonly kind: "tracked"; readonly remote: string; readonly branch: string };

type Root = GitContext & { readonly root: string };
type Folders = Root & { readonly own: string };

/**
 * Checks, before anything is written, that a commit could be made and pushed.
 *
 * @param at.push `origin/main`: where a detached HEAD pushes to. Default: nowhere.
 * @throws `GIT_BUSY` (a merge or rebase is under way), `GIT_DETACHED`, `GIT_NO_UPSTREAM`, `GIT_OUT_OF_STEP` (ahead of or
 * behind the upstream; exit 4)
 */
export async function standing({
  root,
  push,
  ...context
}: Root & { readonly push?: string | undefined }): Promise<Standing> {
  const at = { ...context, cwd: root };
  const gitDir = await tryGit(["rev-parse", "--absolute-git-dir"], at);
  if (gitDir.exitCode !== 0) return { kind: "no-git" };
  await assertIdle(gitDir.stdout);
  const remotes = (await git(["remote"], at)).split("\n").filter((name) => name !== "");
  if (remotes.length === 0) return { kind: "no-remote" };
  const branch = await tryGit(["symbolic-ref", "--short", "HEAD"], at);
  const target = branch.exitCode === 0 ? await upstreamOf(branch.stdout, { ...at, remotes }) : detached(push, remotes);
  await assertInStep(target, at);
  return { kind: "tracked", remote: target.remote, branch: target.branch };
}

/** Where a push goes to. */
interface Target {
  readonly remote: string;
  /** Of the remote: `refs/heads/main`. */
  readonly branch: string;
  /** As this clone knows it: `origin/main`. */
  readonly upstream: string;
}

async function upstreamOf(
  name: string,
  { remotes, ...at }: GitContext & { readonly cwd: string; readonly remotes: readonly string[] },
): Promise<Target> {
  const upstream = await tryGit(["rev-parse", "--abbrev-ref", "@{upstream}"], at);
  if (upstream.exitCode !== 0) {
    throw new FacsimileError("GIT_NO_UPSTREAM", `branch ${name} has no upstream`, {
      hint: `git push --set-upstream ${remotes[0]} ${name}`,
    });
  }
  const [remote, branch] = [await git(["config", `branch.${name}.remote`], at), await git(["config", `branch.${name}.merge`], at)]; // biome-ignore format: one line
  return { remote, branch, upstream: upstream.stdout };
}

function detached(push: string | undefined, remotes: readonly string[]): Target {
  const remote = remotes.find((name) => push?.startsWith(`${name}/`));
  if (push !== undefined && remote !== undefined)
    return { remote, branch: `refs/heads/${push.slice(remote.length + 1)}`, upstream: push };
  const where = push === undefined ? "" : `, and state.push (${push}) begins with no remote: ${remotes.join(", ")}`;
  const message = `the definitions are at a detached HEAD: there is no branch to push state to${where}`;
  throw new FacsimileError("GIT_DETACHED", message, {
    hint: `git switch <branch>, or say where to push: state: { push: "${remotes[0]}/main" }`,
  });
}

async function assertIdle(gitDir: string): Promise<void> {
  const marks = ["MERGE_HEAD", "rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD", "REVERT_HEAD", "BISECT_LOG"];
  const present = await fs.readdir(gitDir);
  const busy = marks.find((mark) => present.includes(mark));
  if (busy === undefined) return;
  throw new FacsimileError("GIT_BUSY", `a merge, rebase or the like is under way in the definitions (${busy})`, {
    hint: "Finish or abort it first: git status",
  });
}

async function assertInStep({ upstream, remote }: Target, at: GitContext & { cwd: string }): Promise<void> {
  await git(["fetch", "--quiet", "--", remote], at);
  const commits = await git(["log", "--oneline", "--left-right", "--no-decorate", `HEAD...${upstream}`], at);
  if (commits === "") return;
  const behind = commits.split("\n").some((line) => line.startsWith(">"));
  throw new FacsimileError(
    "GIT_OUT_OF_STEP",
    `the definitions and ${upstream} differ (< only here, > only there):\n${commits}`,
    {
      hint: behind ? "git pull --rebase, look at what came, then deploy again." : "git push, then deploy again.",
    },
  );
}

/** What goes into one commit. */
export interface Publication {
  /** Relative to the root; nothing else is committed. */
  readonly files: readonly string[];
  readonly message: string;
  readonly standing: Standing;
}

/** Commits exactly `files`, where there is git. Where that fails, git's index is what it was. @throws `GIT_FAILED` */
export async function commit({ files, message, standing }: Publication, { root, ...context }: Root): Promise<void> {
  if (standing.kind === "no-git") return;
  const at = { ...context, cwd: root };
  const unknown = (await git(["ls-files", "-z", "--others", "--", ...files], at)).split("\0").filter((file) => file !== ""); // biome-ignore format: one line
  try {
    if (unknown.length > 0) await git(["add", "--intent-to-add", "--", ...unknown], at);
    const nothing = await tryGit(["diff", "--quiet", "HEAD", "--", ...files], at);
    if (nothing.exitCode !== 0) await git(["commit", "--quiet", "-m", message, "--", ...files], at);
  } catch (error) {
    if (unknown.length > 0) await tryGit(["rm", "--cached", "--quiet", "--", ...unknown], { ...at, signal: undefined });
    throw error;
  }
}

/**
 * Pushes what was committed, where there is a remote. A refused push leaves the commit here, and says so.
 *
 * @returns Whether the remote has it now.
 * @throws `PUSH_REFUSED` (exit 4)
 */
export async function push({ message, standing }: Publication, { root, ...context }: Root): Promise<boolean> {
  if (standing.kind !== "tracked") return false;
  const { remote, branch } = standing;
  const { exitCode, stderr } = await tryGit(["push", "--quiet", "--", remote, `HEAD:${branch}`], { ...context, cwd: root }); // biome-ignore format: one line
  if (exitCode === 0) return true;
  throw new FacsimileError("PUSH_REFUSED", `${remote} refused the commit "${message}":\n${stderr.trim()}`, {
    hint: "The commit stays here and no host was touched. git pull --rebase, then deploy again.",
  });
}

/**
 * The commit of the definitions, or that they have changes which no commit has. Where the source repository carries them,
 * templates are not looked at: those of the version are used, whatever lies here.
 */
export async function definitionCommit({
  root,
  own,
  ...context
}: Folders): Promise<{ commit: string | undefined; dirty: boolean }> {
  const at = { ...context, cwd: root };
  const head = await tryGit(["rev-parse", "HEAD"], at);
  if (head.exitCode !== 0) return { commit: undefined, dirty: true };
  const paths = isInRepo({ root, own }) ? CARRIED : ["define", "tmpl", "extra", "keys", "hosts"];
  const changes = await git(["status", "--porcelain", "--untracked-files=all", "--", ...paths], at);
  return { commit: head.stdout, dirty: changes !== "" };
}

/** gitglossary(7): in a pathspec a star matches slashes too. */
const CARRIED = ["config/facsimile*", ...["state", "tmpl", "extra"].map((name) => `:!config/facsimile/${name}`)];

/** Relative to the root, with `/`. */
export function relativeTo(root: string, file: string): string {
  return path.relative(root, file).split(path.sep).join("/");
}
