import { spawn } from "node:child_process";
import os from "node:os";
import { type Environment, errnoOf, FacsimileError } from "@facsimile/core";

/** Signals that a child gets when we get them. */
const PASSED_ON: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGINT", "SIGQUIT"];
/** Of these, those that a terminal sends to both of us. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT"];

export interface ChildOptions {
  readonly cwd: string;
  /** All of it. */
  readonly env: Environment;
  /** stdin is a terminal. */
  readonly isTerminal: boolean;
  /** Called at the first signal that ends work. */
  readonly onSignal?: (() => void) | undefined;
}

export interface ChildEnd {
  /** 128 and its number where a signal ended the child, as shells have it. */
  readonly status: number;
  /** We were asked to stop. */
  readonly isStopped: boolean;
}

/** Runs a program in the foreground, on our stdin, stdout and stderr. No shell. @throws `EXEC_NOT_FOUND` */
export async function runChild(argv: readonly string[], options: ChildOptions): Promise<ChildEnd> {
  const [file = "", ...args] = argv;
  const { cwd, env, isTerminal, onSignal } = options;
  const before = PASSED_ON.map((signal) => [signal, process.listeners(signal)] as const);
  let isStopped = false;
  try {
    const child = spawn(file, args, { cwd, env: env as NodeJS.ProcessEnv, stdio: "inherit" });
    for (const signal of PASSED_ON) {
      process.removeAllListeners(signal).on(signal, () => {
        isStopped ||= !signal.startsWith("SIGUSR");
        if (isStopped) onSignal?.();
        if (!(isTerminal && FROM_TERMINAL.includes(signal))) child.kill(signal);
      });
    }
    return await new Promise((resolve, reject) => {
      child.on("error", (cause) => reject(notStarted(file, cause)));
      child.on("exit", (code, signal) => {
        const status = code ?? 128 + (signal === null ? 0 : os.constants.signals[signal]);
        resolve({ status, isStopped });
      });
    });
  } finally {
    for (const [signal, listeners] of before) {
      process.removeAllListeners(signal);
      for (const listener of listeners) process.on(signal, listener);
    }
  }
}

/** The environment for other programs: what opens the state itself is not for them. */
export function withoutKeys(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("FACS_PGP_")));
}

/** execvp(3) answers EACCES also where a folder of PATH may not be searched, and the program is in none. */
export function isNotFound(cause: unknown): boolean {
  const { path = "" } = cause as NodeJS.ErrnoException;
  return errnoOf(cause) === "ENOENT" || (errnoOf(cause) === "EACCES" && !path.includes("/"));
}

function notStarted(file: string, cause: Error): FacsimileError {
  const why = isNotFound(cause) ? "command not found" : `cannot be started: ${errnoOf(cause)}`;
  return new FacsimileError("EXEC_NOT_FOUND", `${file}: ${why}`, {
    cause,
    hint: `Install ${file}, or add it to PATH.`,
  });
}
