import nodeFs from "node:fs/promises";
import { isFacsimileError } from "@facsimile/core";
import { type FileSystem, readIfThere, removeOthers, replaceFile } from "./files.ts";
import { locked, withLock } from "./lock.ts";

/** Given the content (`undefined`: no file), the new one; `undefined` leaves the file as it is. */
type Change = (content: Uint8Array | undefined) => Uint8Array | undefined | Promise<Uint8Array | undefined>;

/**
 * Replaces a file by what `change` makes of its content. Of several writers who saw the same content one wins at most,
 * however long any of them is stopped, and wherever.
 *
 * @throws `STATE_LOCKED`, `STATE_WRITE_FAILED`, `STATE_UNREADABLE`, and what `change` throws.
 */
export async function updateFile(file: string, change: Change, fs: FileSystem = nodeFs): Promise<void> {
  await withLock(file, async () => {
    const before = await readIfThere(file, fs);
    const bytes = await change(before);
    if (bytes === undefined) return;
    const beforeRename = async (temporary: string) => {
      await removeOthers(temporary, { file, fs });
      if (!isSame(await readIfThere(file, fs), before)) throw overtaken(file);
    };
    await replaceFile(file, bytes, { fs, beforeRename }).catch((cause: unknown) => {
      throw isOwnGone(cause) ? overtaken(file) : cause;
    });
  });
}

// Each writer puts down his temporary file, then removes all others, then compares, then renames. So whoever comes second
// removes the other's, whose rename then fails, or finds it renamed and the content another. A lock cannot do this: it is
// taken over from one who sleeps, and he may wake up just before his rename.
function isOwnGone(error: unknown): boolean {
  if (!isFacsimileError(error, "STATE_WRITE_FAILED")) return false;
  const { code, syscall } = error.cause as NodeJS.ErrnoException;
  return code === "ENOENT" && syscall === "rename";
}

function isSame(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b);
}

function overtaken(file: string) {
  return locked(file, "another process took its lock over while this one did not run");
}
