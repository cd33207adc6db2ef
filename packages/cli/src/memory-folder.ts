import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { type Environment, FacsimileError } from "@facsimile/core";

/** linux/magic.h: TMPFS_MAGIC, RAMFS_MAGIC. */
const IN_MEMORY: readonly number[] = [0x01021994, 0x858458f6];

/**
 * Hands a folder (0700) to work, in storage that is memory, for values that no disk may see: below `XDG_RUNTIME_DIR`,
 * else `/dev/shm`. Its files are overwritten and it is gone when the work is done, however it ends.
 *
 * @throws `NO_MEMORY_FOLDER`
 */
export async function withMemoryFolder<T>(env: Environment, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await makeFolder(env);
  const remove = () => wipe(folder);
  process.on("exit", remove); // A second signal ends the process at once.
  try {
    return await work(folder);
  } finally {
    remove();
    process.off("exit", remove);
  }
}

/** Overwrites every file in a folder and removes all, where it is still there. */
export function wipe(folder: string): void {
  if (!existsSync(folder)) return;
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      if (entry.isFile()) writeFileSync(file, Buffer.alloc(statSync(file).size), { flag: "r+" });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makeFolder(env: Environment): Promise<string> {
  const tried: string[] = [];
  for (const place of [env["XDG_RUNTIME_DIR"], "/dev/shm"]) {
    if (!place) continue;
    const fault = await faultOf(place);
    if (fault === undefined) return fs.mkdtemp(path.join(place, "facs-"));
    tried.push(`${place} ${fault}`);
  }
  throw new FacsimileError("NO_MEMORY_FOLDER", `no folder here is in memory alone: ${tried.join("; ")}`, {
    hint: "Use a machine that has /dev/shm, or set XDG_RUNTIME_DIR to a folder in a tmpfs. Without one, a disk would keep the values.",
  });
}

/** Why a folder does not do; undefined where it is in memory and ours to write. */
export async function faultOf(place: string): Promise<string | undefined> {
  try {
    const { type } = await fs.statfs(place);
    if (!IN_MEMORY.includes(type)) return "is on a disk";
    await fs.access(place, fs.constants.W_OK | fs.constants.X_OK);
    return undefined;
  } catch {
    return "cannot be used";
  }
}
