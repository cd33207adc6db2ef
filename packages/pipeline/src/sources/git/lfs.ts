import fs from "node:fs/promises";
import path from "node:path";
import type { GitPlace } from "../../git.ts";
import { trySafeGit, workTree } from "./safe-git.ts";

/** Files of a checkout that are only pointers to what Git LFS keeps elsewhere: its filter is not set up for this user. */
export async function lfsPointers(folder: string, place: GitPlace): Promise<readonly string[]> {
  const args = [...workTree(folder), "ls-files", "-z", "--", ":(attr:filter=lfs)"];
  const { stdout } = await trySafeGit(args, { ...place, cwd: folder });
  const names = stdout.split("\0").filter((name) => name !== "");
  const found = await Promise.all(
    names.map(async (name) => ((await isPointer(path.join(folder, name))) ? [name] : [])),
  );
  return found.flat();
}

/** A pointer is a small text: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
async function isPointer(file: string): Promise<boolean> {
  const stat = await fs.lstat(file);
  if (!stat.isFile() || stat.size > 1024) return false;
  return (await fs.readFile(file, "utf8")).startsWith("version https://git-lfs.github.com/spec/");
}
