import { type Exec, FacsimileError } from "@facsimile/core";

export interface GitContext {
  readonly exec: Exec;
  readonly signal?: AbortSignal | undefined;
}

/** Runs git in `cwd` and gives its output without the last newline. @throws `GIT_FAILED` */
export async function git(
  args: readonly string[],
  { exec, signal, cwd }: GitContext & { cwd: string },
): Promise<string> {
  const { exitCode, stdout, stderr } = await tryGit(args, { exec, signal, cwd });
  if (exitCode === 0) return stdout;
  throw new FacsimileError("GIT_FAILED", `git ${args.join(" ")} exited ${exitCode} in ${cwd}:\n${stderr.trim()}`);
}

/** As {@link git}, for a command whose failure is an answer. */
export async function tryGit(
  args: readonly string[],
  { exec, signal, cwd }: GitContext & { cwd: string },
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const result = await exec("git", ["-c", "core.quotePath=false", ...args], { cwd, signal, env: QUIET });
  return { exitCode: result.exitCode, stdout: result.stdout.toString().replace(/\n$/, ""), stderr: result.stderr };
}

// git(1): never ask for a password, never wait for a terminal, never translate what we may have to read.
const QUIET = { GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" };
