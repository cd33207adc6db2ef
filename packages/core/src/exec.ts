import { errnoOf, FacsimileError } from "./errors.ts";
import type { Environment, Exec, ExecOptions } from "./execution.ts";

/** Variables that a child sees without being asked for; everything else of the parent's environment stays here. */
export const PASSED_ON = [
  "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE", "XDG_CONFIG_HOME",
  "XDG_RUNTIME_DIR", "SSH_AUTH_SOCK", "GNUPGHOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_SSH_COMMAND",
] as const; // biome-ignore format: a list

/**
 * An {@link Exec} whose children see {@link PASSED_ON} of `base`, and no more.
 * It throws `EXEC_NOT_FOUND` when a program cannot be started; a non-zero exit is a result, not an error.
 */
export const createExec =
  (base: Environment): Exec =>
  async (file, args, options = {}) => {
    const { cwd, env, signal, onOutput } = options;
    if (onOutput !== undefined) {
      const { supervise } = await import("./supervise.ts");
      return supervise(file, args, { ...options, env: passedOn(base, env) });
    }
    const { execa } = await import("execa");
    const result = await execa(file, args, { ...FIXED, ...given(options), env: passedOn(base, env) });
    if (result.isCanceled) throw signal?.reason;
    const { exitCode, stdout = [], stderr = [], timedOut, cause } = result;
    if (exitCode === undefined && result.signal === undefined) throw notStarted(file, { cwd, cause });
    return { exitCode: exitCode ?? 128, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr).toString(), timedOut };
  };

const FIXED = {
  extendEnv: false,
  encoding: "buffer",
  reject: false,
  stripFinalNewline: false,
  maxBuffer: 1 << 30,
} as const;

function given({ cwd, input, signal, timeout }: ExecOptions) {
  return {
    ...(cwd === undefined ? {} : { cwd }),
    ...(input === undefined ? { stdin: "ignore" as const } : { input }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    ...(timeout === undefined ? {} : { timeout: timeout * 1000 }),
  };
}

/** The part of an environment that children may see, with `more` on top. */
export function passedOn(env: Environment, more: Environment = {}): Record<string, string> {
  const kept = PASSED_ON.map((name) => [name, env[name]] as const);
  const all = Object.entries({ ...Object.fromEntries(kept), ...more });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function notStarted(file: string, { cwd, cause }: { cwd: string | undefined; cause: unknown }): FacsimileError {
  const where = cwd === undefined ? "" : ` (in ${cwd})`;
  // execvp(3) answers EACCES when a folder of PATH may not be searched, although the program is in none.
  const why = ["ENOENT", "EACCES"].includes(errnoOf(cause) ?? "")
    ? "command not found"
    : `cannot be started: ${errnoOf(cause)}`;
  return new FacsimileError("EXEC_NOT_FOUND", `${file}: ${why}${where}`, {
    cause,
    hint: `Install ${file}, or add it to PATH.`,
  });
}
