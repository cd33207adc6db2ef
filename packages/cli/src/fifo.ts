import fs from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type Exec, errnoOf, FacsimileError, type Secret } from "@facsimile/core";

/** How often a pipe is looked at for its reader. */
const POLL_MS = 20;

/** Makes a named pipe (0600). @throws `EXEC_NOT_FOUND`, `SYSTEM` */
export async function makeFifo(file: string, exec: Exec): Promise<void> {
  const { exitCode, stderr } = await exec("mkfifo", ["-m", "600", "--", file]);
  if (exitCode !== 0) throw new FacsimileError("SYSTEM", `mkfifo: ${stderr.trim()}`);
}

/** Gives the value to the first who reads the pipe, once; ends without, when told to. */
export async function serveFifo(file: string, secret: Secret, signal: AbortSignal): Promise<void> {
  // Without waiting: an open that blocks would keep one of Node's few threads until somebody comes.
  const { O_WRONLY, O_NONBLOCK } = fs.constants;
  const handle = await retry(() => fs.open(file, O_WRONLY | O_NONBLOCK), { on: "ENXIO", signal });
  if (handle === undefined) return;
  try {
    // The first reader has it open. Without its name, a second open fails at once; with it, that would wait for ever.
    await fs.rm(file, { force: true });
    let left = Buffer.from(secret.reveal());
    while (left.length > 0) {
      const written = await retry(() => handle.write(left), { on: "EAGAIN", signal });
      if (written === undefined) return;
      left = left.subarray(written.bytesWritten);
    }
  } catch (error) {
    if (errnoOf(error) !== "EPIPE") throw error; // The reader had enough.
  } finally {
    await handle.close();
  }
}

async function retry<T>(
  work: () => Promise<T>,
  { on, signal }: { readonly on: string; readonly signal: AbortSignal },
): Promise<T | undefined> {
  while (!signal.aborted) {
    try {
      return await work();
    } catch (error) {
      if (errnoOf(error) !== on) throw error;
      await sleep(POLL_MS);
    }
  }
  return undefined;
}
