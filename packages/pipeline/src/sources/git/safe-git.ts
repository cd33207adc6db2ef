import { type GitPlace, git, tryGit } from "../../git.ts";

/** {@link git} among files of others: nothing of theirs runs, and the same commit gives the same bytes for everybody. */
export function safeGit(args: readonly string[], place: GitPlace): Promise<string> {
  return git([...SAFE, ...args], place);
}

/** As {@link safeGit}, for a command whose failure is an answer. */
export function trySafeGit(args: readonly string[], place: GitPlace): ReturnType<typeof tryGit> {
  return tryGit([...SAFE, ...args], place);
}

/** Names the repository, so that git never looks in the folders above, where the conglomerate's own is. */
export function workTree(folder: string): readonly string[] {
  return [`--git-dir=${folder}/.git`, `--work-tree=${folder}`];
}

const SAFE = [
  // githooks(5): a user's template folder may bring hooks.
  ["core.hooksPath", "/dev/null"],
  // git-config(1): a path here is a program to run.
  ["core.fsmonitor", "false"],
  // What a user set for his own work must not reach a release.
  ["core.autocrlf", "false"],
  ["core.eol", "lf"],
  ["core.symlinks", "true"],
  // Submodules have mirrors of their own.
  ["submodule.recurse", "false"],
  ["fetch.recurseSubmodules", "false"],
  ["advice.detachedHead", "false"],
  // Housekeeping that outlives git would work in a folder that is gone.
  ["gc.autoDetach", "false"],
  ["maintenance.autoDetach", "false"],
].flatMap(([key, value]) => ["-c", `${key}=${value}`]);
