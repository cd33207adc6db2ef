import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type TreeItem, type TreeOptions, tree } from "./trees.ts";

const run = promisify(execFile);

/** Nothing of the user's git configuration is read; name and dates are fixed, so commits are the same every time. */
export const GIT_ENV: Readonly<Record<string, string>> = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Test",
  GIT_AUTHOR_EMAIL: "test@example.org",
  GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
  GIT_COMMITTER_NAME: "Test",
  GIT_COMMITTER_EMAIL: "test@example.org",
  GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
};

/** Runs git in `cwd` away from the user's configuration. @returns Its standard output, trimmed. */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await run("git", args, { cwd, env: { ...process.env, ...GIT_ENV } });
  return stdout.trim();
}

/** A repository on branch `main` with one commit of `files`, and `tags` on it. @returns Its folder. */
export async function gitRepository(
  files: Readonly<Record<string, TreeItem>>,
  options: TreeOptions & { readonly tags?: readonly string[] } = {},
): Promise<string> {
  const root = await tree(files, options);
  await git(root, "init", "--quiet", "--initial-branch=main");
  await gitCommit(root, options.tags ?? []);
  return root;
}

/** Commits all that lies in `root`, and puts `tags` on it. */
export async function gitCommit(root: string, tags: readonly string[] = []): Promise<void> {
  await git(root, "add", "--all");
  await git(root, "commit", "--quiet", "--allow-empty", "--message", "change");
  for (const tag of tags) await git(root, "tag", tag);
}
