import { isUtf8 } from "node:buffer";
import fs, { type Stats } from "node:fs";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { errnoOf, escapedBytes, FacsimileError } from "@facsimile/core";
import type { TreeNode } from "@facsimile/manifest";
import type { CopyContext } from "./copy-group.ts";

/** What a group names: a path of this machine, absolute, and what is there. */
export interface Found {
  readonly file: string;
  readonly node: TreeNode;
}

/** What is at a path; undefined where nothing is. A link is what it is, not what it leads to. @throws as `below` */
export function nodeAt(file: string, context: CopyContext): TreeNode | undefined {
  try {
    return nodeOf(file, fs.lstatSync(file));
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errnoOf(error) ?? "")) return undefined;
    throw flaw(error, { file, context });
  }
}

/** What `work` finds out about a path. @throws `TREE_UNREADABLE` with the place of the group */
export function looking<T>(file: string, { context, work }: { context: CopyContext; work: () => T }): T {
  try {
    return work();
  } catch (error) {
    throw flaw(error, { file, context });
  }
}

/**
 * Everything beneath a folder, but for `.git`. No link is followed.
 *
 * @param problems Takes what cannot be read or carried: `TREE_UNREADABLE`, `TREE_UNSUPPORTED`, `TREE_BAD_PATH`
 */
export async function below(
  folder: string,
  { context, problems }: { readonly context: CopyContext; readonly problems: FacsimileError[] },
): Promise<readonly Found[]> {
  const found: Found[] = [];
  const folders = [folder];
  for (let at = folders.shift(); at !== undefined; at = folders.shift()) {
    for (const name of namesIn(at, { context, problems })) {
      const file = path.join(at, name);
      try {
        const node = nodeOf(file, fs.lstatSync(file));
        found.push({ file, node });
        if (node.type === "dir") folders.push(file);
      } catch (error) {
        problems.push(flaw(error, { file, context }));
      }
    }
    await setImmediate();
  }
  return found;
}

function namesIn(
  folder: string,
  { context, problems }: { readonly context: CopyContext; readonly problems: FacsimileError[] },
): readonly string[] {
  try {
    const names = fs.readdirSync(folder, { encoding: "buffer" });
    const odd = names.filter((name) => !isUtf8(name)).map((name) => path.join(folder, escapedBytes(name)));
    problems.push(...odd.map((file) => notText(file, context)));
    return names.filter((name) => isUtf8(name)).map(String).filter((name) => name !== ".git").sort(); // biome-ignore format: one line
  } catch (error) {
    problems.push(flaw(error, { file: folder, context }));
    return [];
  }
}

function nodeOf(file: string, stats: Stats): TreeNode {
  if (stats.isSymbolicLink()) return { type: "link", target: targetOf(file) };
  if (stats.isDirectory()) return { type: "dir", mode: 0o755 };
  if (!stats.isFile()) throw unsupported(file);
  // git keeps only the executable bit; the rest is the umask of whoever cloned, which must not reach a release.
  return { type: "file", mode: stats.mode & 0o100 ? 0o755 : 0o644, content: { file }, secrets: [] };
}

function targetOf(file: string): string {
  const target = fs.readlinkSync(file, { encoding: "buffer" });
  if (isUtf8(target)) return target.toString();
  throw new FacsimileError("TREE_BAD_PATH", `${file} is a link whose target is not in UTF-8`);
}

function unsupported(file: string): FacsimileError {
  return new FacsimileError("TREE_UNSUPPORTED", `${file} is neither a file, a folder nor a link`, {
    hint: "Devices, sockets and pipes are not carried: remove it, or leave it out of the group.",
  });
}

function notText(file: string, { position }: CopyContext): FacsimileError {
  return new FacsimileError("TREE_BAD_PATH", `the name of ${file} is not in UTF-8`, {
    position,
    hint: "Rename it, or leave it out of the group.",
  });
}

/** A failure with the place of the group. Bugs go on up. */
function flaw(error: unknown, { file, context }: { file: string; context: CopyContext }): FacsimileError {
  const { position } = context;
  if (error instanceof FacsimileError) {
    return new FacsimileError(error.code, error.message, { position, hint: error.hint, cause: error.cause });
  }
  const errno = errnoOf(error);
  if (errno === undefined) throw error;
  const hint = "Check its owner and mode.";
  return new FacsimileError("TREE_UNREADABLE", `${file} cannot be read: ${errno}`, { position, hint, cause: error });
}
