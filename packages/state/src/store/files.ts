import { randomBytes } from "node:crypto";
import nodeFs from "node:fs/promises";
import path from "node:path";
import { errnoOf, FacsimileError, isFacsimileError } from "@facsimile/core";

/** The calls that writing needs; handed in so that a test can make the n-th one fail. */
export type FileSystem = Pick<typeof nodeFs, "mkdir" | "open" | "readdir" | "readFile" | "realpath" | "rename" | "rm">;

export interface ReplaceOptions {
  /** Default `0o600`. */
  readonly mode?: number;
  readonly fs?: FileSystem;
  /** Called last before the rename, with the temporary file; what it throws leaves the old file. */
  readonly beforeRename?: (temporary: string) => Promise<void>;
}

/** The file's bytes, or `undefined` when there is none. */
export async function readIfThere(file: string, fs: FileSystem = nodeFs): Promise<Buffer | undefined> {
  try {
    return await fs.readFile(file);
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return undefined;
    throw new FacsimileError("STATE_UNREADABLE", `cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Replaces a file as a whole: a temporary file beside it, fsync, rename, fsync of the folder. At any moment, also after
 * a crash, the old content or the new one is there. Folders are made (0700).
 *
 * @throws `STATE_WRITE_FAILED` naming the file and whether the old content stands.
 */
export async function replaceFile(file: string, bytes: Uint8Array, options: ReplaceOptions = {}): Promise<void> {
  const { mode = 0o600, fs = nodeFs, beforeRename } = options;
  const temporary = temporaryName(file);
  let renamed = false;
  try {
    await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeNew(temporary, bytes, { mode, fs });
    await beforeRename?.(temporary);
    await fs.rename(temporary, file);
    renamed = true;
    await flushFolder(path.dirname(file), fs);
  } catch (cause) {
    await fs.rm(temporary, { force: true }).catch(() => {});
    throw isFacsimileError(cause) || errnoOf(cause) === undefined ? cause : writeFailed(file, cause as Error, renamed);
  }
}

/** Writes a file (0600) that must not exist yet, whole or not at all. `false`: it exists. */
export async function createFile(file: string, text: string): Promise<boolean> {
  const temporary = temporaryName(file);
  try {
    await nodeFs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeNew(temporary, Buffer.from(text), { mode: 0o600, fs: nodeFs });
    await nodeFs.link(temporary, file);
    // What a killed writer of the same file left may be a private key.
    await removeOthers(temporary, { file, fs: nodeFs });
    await flushFolder(path.dirname(file), nodeFs);
    return true;
  } catch (cause) {
    if (errnoOf(cause) === "EEXIST") return false;
    throw writeFailed(file, cause as Error, false);
  } finally {
    await nodeFs.rm(temporary, { force: true }).catch(() => {});
  }
}

/** The path that stands for a file that exists, whichever way one came to it. */
export async function placeOf(file: string): Promise<string> {
  try {
    return path.join(await nodeFs.realpath(path.dirname(file)), path.basename(file));
  } catch (cause) {
    if (errnoOf(cause) !== "ENOENT") throw cause;
    return path.join(await placeOf(path.dirname(path.resolve(file))), path.basename(file));
  }
}

/** Removes the temporary files of other writers of `file`, killed or still at it. */
export async function removeOthers(temporary: string, { file, fs }: { file: string; fs: FileSystem }): Promise<void> {
  const [folder, own] = [path.dirname(file), path.basename(temporary)];
  const names = await fs.readdir(folder);
  const others = names.filter((name) => isTemporary(name, file) && name !== own);
  await Promise.all(others.map((name) => fs.rm(path.join(folder, name), { force: true })));
}

export function writeFailed(file: string, cause: Error, renamed: boolean): FacsimileError {
  const fate = renamed ? "the new content is in place, but may not survive a power failure" : "it is as it was before";
  return new FacsimileError("STATE_WRITE_FAILED", `cannot write ${file}: ${cause.message}; ${fate}`, {
    cause,
    hint: "Mend what the message says (free space, rights of the folder), then run the command again.",
  });
}

// The name is random and the file opened exclusively: nobody can put a link there beforehand.
function temporaryName(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString("hex")}.tmp`);
}

function isTemporary(name: string, file: string): boolean {
  const prefix = `.${path.basename(file)}.`;
  return name.startsWith(prefix) && /^[0-9a-f]{12}\.tmp$/.test(name.slice(prefix.length));
}

async function writeNew(
  file: string,
  bytes: Uint8Array,
  { mode, fs }: { mode: number; fs: FileSystem },
): Promise<void> {
  const handle = await fs.open(file, "wx", mode);
  try {
    // FileHandle.writeFile writes on after a short write, as on a disk that is nearly full.
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function flushFolder(folder: string, fs: FileSystem): Promise<void> {
  const handle = await fs.open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
