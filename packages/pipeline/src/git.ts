import { type Environment, type Exec, FacsimileError } from "@facsimile/core";

export interface GitContext {
  readonly exec: Exec;
  readonly signal?: AbortSignal | undefined;
}

export interface GitPlace extends GitContext {
  readonly cwd: string;
  /** On top of what every git gets; but what opens the state. */
  readonly env?: Environment | undefined;
}

/** Runs git in `cwd` and gives its output without the last newline. @throws `GIT_FAILED` */
export async function git(args: readonly string[], place: GitPlace): Promise<string> {
  const { cwd } = place;
  const { exitCode, stdout, stderr } = await tryGit(args, place);
  if (exitCode === 0) return stdout;
  const shown = args.filter((arg, index) => arg !== "-c" && args[index - 1] !== "-c").join(" ");
  throw new FacsimileError("GIT_FAILED", `git ${shown} exited ${exitCode} in ${cwd}:\n${stderr.trim()}`);
}

/** As {@link git}, for a command whose failure is an answer. */
export async function tryGit(
  args: readonly string[],
  { exec, signal, cwd, env }: GitPlace,
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const result = await exec("git", ["-c", "core.quotePath=false", ...args], {
    cwd,
    signal,
    env: { ...QUIET, ...withoutKeys(env) },
  });
  return { exitCode: result.exitCode, stdout: result.stdout.toString().replace(/\n$/, ""), stderr: result.stderr };
}

// git(1): never ask for a password, never wait for a terminal, never translate what we may have to read.
const QUIET = { GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" };

/** git hands its environment on to hooks, helpers and filters: what opens the state is none of their business. */
function withoutKeys(env: Environment = {}): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("FACS_PGP_")));
}
