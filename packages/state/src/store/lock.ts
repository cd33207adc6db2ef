import { mkdir } from "node:fs/promises";
import path from "node:path";
import { errnoOf, FacsimileError } from "@facsimile/core";
import { writeFailed } from "./files.ts";

/** Milliseconds after which a lock whose holder no longer renews it is taken over. */
const STALE_MS = 10_000;
/** Waits 25–250 ms between attempts, together some 30 s: longer than a dead holder's lock lives. */
const RETRIES = { retries: 130, minTimeout: 25, maxTimeout: 250, factor: 1.2, randomize: true };

/**
 * Does `work` while no other process on this machine writes `file`; the lock is the folder `<file>.lock`. It keeps
 * writers from being in each other's way, no more: one who sleeps loses it unnoticed. `updateFile` is safe without it.
 *
 * @throws `STATE_LOCKED`
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const release = await acquire(file);
  try {
    return await work();
  } finally {
    // A lock that cannot be given back goes stale by itself; what was written stays written.
    await release().catch(() => {});
  }
}

async function acquire(file: string): Promise<() => Promise<void>> {
  // Loaded here because reading, the common case, needs no lock.
  const { lock } = await import("proper-lockfile");
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    return await lock(file, { realpath: false, stale: STALE_MS, retries: RETRIES, onCompromised: () => {} });
  } catch (cause) {
    if (errnoOf(cause) === "ELOCKED") throw locked(file, "another process is writing it");
    throw writeFailed(file, cause as Error, false);
  }
}

export function locked(file: string, why: string): FacsimileError {
  return new FacsimileError("STATE_LOCKED", `${file} was not written: ${why}`, {
    hint: `Run the command again. If no facs is running on this machine, remove the folder ${file}.lock.`,
  });
}
