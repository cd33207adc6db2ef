import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of this repository. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A failure that the person at the keyboard can mend: what is wrong, and what to do next. */
export class StopError extends Error {
  constructor(message, next) {
    super(message);
    this.next = next;
  }
}

/**
 * Runs a program in the root to its end, without a shell.
 * With `show` it writes to our own output and `output` stays empty; a program that is not there gives code 127.
 */
export function run(file, args, { env = {}, show = false } = {}) {
  return new Promise((resolve) => {
    const stdio = ["ignore", show ? "inherit" : "pipe", show ? "inherit" : "pipe"];
    const child = spawn(file, args, { cwd: root, env: { ...process.env, ...env }, stdio });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (output += data));
    child.on("error", (error) => resolve({ code: 127, output: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Runs `work`; a {@link StopError} is printed without a stack, and ends the process with 1. */
export async function main(name, work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof StopError)) throw error;
    console.error(`${name}: ${error.message}`);
    if (error.next !== undefined) console.error(error.next.replace(/^/gm, "  "));
    process.exitCode = 1;
  }
}
