import { confirmSeal, type State } from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { git, tryGit } from "../git.ts";
import { targetOf } from "./target.ts";

type Git = Pick<PipelineContext, "exec" | "root" | "signal">;

/** True when git, and the upstream as last seen, hold the file as it is here; nothing is asked over the network. */
export async function isPublished(file: string, { root, ...context }: Git): Promise<boolean> {
  const at = { ...context, cwd: root };
  const status = await tryGit(["status", "--porcelain", "--", file], at);
  if (status.exitCode !== 0) return true; // No git here: there is nowhere to publish to.
  if (status.stdout !== "") return false;
  const upstream = await tryGit(["rev-parse", "--quiet", "--verify", "@{upstream}"], at);
  if (upstream.exitCode !== 0) return (await git(["remote"], at)) === "";
  return (await tryGit(["diff", "--quiet", "@{upstream}", "HEAD", "--", file], at)).exitCode === 0;
}

/**
 * Remembers a state as the newest once the others can have it: before that it may still be replaced. Without a remote,
 * what is committed counts; without git, every file.
 */
export async function confirmIfPublished(state: State, context: PipelineContext): Promise<void> {
  if (state.serial > 0 && (await isPublished(targetOf(state.scope, context).file, context))) await confirmSeal(state);
}
