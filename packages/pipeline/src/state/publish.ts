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
 * @throws `GIT_BUSY` (a merge or rebase is under way), `GIT_DETACHED`, `GIT_NO_UPSTREAM`, `GIT_OUT_OF_STEP` (ahead of or
 * behind the upstream; exit 4)
 */
export async function standing({ root, ...context }: Root): Promise<Standing> {
  const at = { ...context, cwd: root };
  const gitDir = await tryGit(["rev-parse", "--absolute-git-dir"], at);
  if (gitDir.exitCode !== 0) return { kind: "no-git" };
  await assertIdle(gitDir.stdout);
  if ((await git(["remote"], at)) === "") return { kind: "no-remote" };
  const branch = await tryGit(["symbolic-ref", "--short", "HEAD"], at);
  if (branch.exitCode !== 0) {
    throw new FacsimileError(
      "GIT_DETACHED",
      "the definitions are at a detached HEAD: there is no branch to push state to",
      {
        hint: "git switch <branch>",
      },
    );
  }
  const upstream = await tryGit(["rev-parse", "--abbrev-ref", "@{upstream}"], at);
  if (upstream.exitCode !== 0) {
    throw new FacsimileError("GIT_NO_UPSTREAM", `branch ${branch.stdout} has no upstream`, {
      hint: `git push --set-upstream ${(await git(["remote"], at)).split("\n")[0]} ${branch.stdout}`,
    });
  }
  const remote = await git(["config", `branch.${branch.stdout}.remote`], at);
  await assertInStep({ upstream: upstream.stdout, remote }, at);
  const merge = await git(["config", `branch.${branch.stdout}.merge`], at);
  return { kind: "tracked", remote, branch: merge };
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

async function assertInStep(
  { upstream, remote }: { upstream: string; remote: string },
  at: GitContext & { cwd: string },
): Promise<void> {
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

export interface Publication {
  /** Relative to the root; nothing else is committed. */
  readonly files: readonly string[];
  readonly message: string;
  readonly standing: Standing;
}

/**
 * Commits exactly `files` and pushes. A refused push leaves the commit here, and says so.
 *
 * @returns Whether the remote has it now.
 * @throws `PUSH_REFUSED` (exit 4), `GIT_FAILED`
 */
export async function publish({ files, message, standing }: Publication, { root, ...context }: Root): Promise<boolean> {
  if (standing.kind === "no-git") return false;
  const at = { ...context, cwd: root };
  await git(["add", "--", ...files], at);
  const nothing = await tryGit(["diff", "--cached", "--quiet", "--", ...files], at);
  if (nothing.exitCode !== 0) await git(["commit", "--quiet", "-m", message, "--", ...files], at);
  if (standing.kind === "no-remote") return false;
  const { exitCode, stderr } = await tryGit(["push", "--quiet", "--", standing.remote, `HEAD:${standing.branch}`], at);
  if (exitCode === 0) return true;
  throw new FacsimileError("PUSH_REFUSED", `${standing.remote} refused the commit "${message}":\n${stderr.trim()}`, {
    hint: "The commit stays here and no host was touched. git pull --rebase, then deploy again.",
  });
}

/** True when git, and the upstream as last seen, hold the file as it is here; nothing is asked over the network. */
export async function isPublished(file: string, { root, ...context }: Root): Promise<boolean> {
  const at = { ...context, cwd: root };
  const status = await tryGit(["status", "--porcelain", "--", file], at);
  if (status.exitCode !== 0) return true; // No git here: there is nowhere to publish to.
  if (status.stdout !== "") return false;
  const upstream = await tryGit(["rev-parse", "--quiet", "--verify", "@{upstream}"], at);
  return (
    upstream.exitCode !== 0 || (await tryGit(["diff", "--quiet", "@{upstream}", "HEAD", "--", file], at)).exitCode === 0
  );
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
