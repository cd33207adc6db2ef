import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { finished } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type Environment, errnoOf, FacsimileError, passedOn } from "@facsimile/core";

export interface Group {
  readonly child: ChildProcess;
  /** Settles when the program itself exits; others that hold its pipes are not waited for. 128 for a signal. */
  readonly exited: Promise<number>;
  /** Ends it and everything it started, politely, then not; with `alone` only it. */
  end(how?: { readonly alone: boolean }): Promise<void>;
}

/**
 * A program as leader of its own process group, so that it can be ended with all it started, and so that a Ctrl-C in the
 * terminal reaches only us. It sees no more of `env` than core's `PASSED_ON`; or with `isUsersOwn`, which a user configures himself,
 * all but what is for us.
 */
export function spawnGroup(
  file: string,
  args: readonly string[],
  options: { readonly env: Environment; readonly cwd?: string | undefined; readonly isUsersOwn?: boolean },
): Group {
  const stdio: StdioOptions = ["pipe", "pipe", "pipe"];
  const child = started(file, () =>
    spawn(file, args, {
      stdio,
      detached: true,
      env: options.isUsersOwn === true ? withoutOurs(options.env) : passedOn(options.env),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    }),
  );
  child.stdin?.on("error", () => undefined);
  const exited = new Promise<number>((resolve, reject) => {
    child.once("exit", (code) => resolve(code ?? 128));
    child.once("error", (cause) => reject(notStarted(file, cause)));
  });
  exited.catch(() => undefined);
  return { child, exited, end: ({ alone } = { alone: false }) => end(child, { exited, alone }) };
}

/** So long is waited for the last words of a program that ended; whoever else holds its pipes may do so for ever. */
const LAST_WORDS = 250;

/** Settles as `exited`, and when all that it wrote to stderr is here: Node may tell of the exit before that. */
export async function saidAll({ child, exited }: Group): Promise<number> {
  const code = await exited;
  if (child.stderr) await finished(child.stderr, { signal: AbortSignal.timeout(LAST_WORDS) }).catch(() => undefined);
  return code;
}

/** Some failures Node tells by an event, others it throws. */
function started(file: string, spawned: () => ChildProcess): ChildProcess {
  try {
    return spawned();
  } catch (cause) {
    throw cause instanceof Error ? notStarted(file, cause) : cause;
  }
}

/** Keys and passphrases come by such variables. */
function withoutOurs(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("FACS_")));
}

async function end(
  child: ChildProcess,
  { exited, alone }: { readonly exited: Promise<number>; readonly alone: boolean },
): Promise<void> {
  if (child.pid === undefined) return;
  const group = -child.pid;
  const signal = (name: NodeJS.Signals) => (alone ? void child.kill(name) : signalTo(group, name));
  signal("SIGTERM");
  await Promise.race([exited.catch(() => 0), sleep(500, undefined, { ref: false })]);
  signal("SIGKILL");
  await exited.catch(() => 0);
}

function signalTo(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(group, signal);
  } catch {
    // Nobody is left in it.
  }
}

/** By the system: of processes or open files there are too many. */
const SPENT = ["EMFILE", "ENFILE", "EAGAIN", "ENOMEM"];

function notStarted(file: string, cause: Error): Error {
  const code = errnoOf(cause) ?? "";
  if (code === "ENOENT") return missing(file, cause);
  if (!SPENT.includes(code)) return cause;
  return new FacsimileError("NOT_STARTED", `${file} could not be started here: ${cause.message}`, {
    cause,
    hint: "Lower deploy.parallel, or raise the limits of this machine: ulimit -n (open files), ulimit -u (processes).",
  });
}

function missing(file: string, cause: unknown): FacsimileError {
  return new FacsimileError("EXEC_NOT_FOUND", `${file}: command not found`, { cause, hint: `Install ${file}, or add it to PATH.` }); // biome-ignore format: one line
}
