import fs from "node:fs/promises";
import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import { checkoutFolder } from "@facsimile/definitions";
import { hashTree, treeId } from "@facsimile/manifest";
import { type PipelineContext, workFolders } from "../context.ts";
import type { GitPlace } from "../git.ts";
import type { Checkout } from "./checkout.ts";
import { entriesOf } from "./entries.ts";
import { temporary } from "./git/leftovers.ts";
import { trySafeGit } from "./git/safe-git.ts";

export interface WorkingTree {
  readonly project: string;
  /** `1.0.0+dev` */
  readonly version: string;
  /** Absolute. */
  readonly dir: string;
  /** Folder of the project within it. Default: all of it. */
  readonly subfolder?: string | undefined;
}

/**
 * Takes a working tree as it lies there: what git tracks and what it does not, without what it ignores; where there is no
 * git, everything. It is copied to `SRC/<project>-<version>-<digest>/`, so that a change meanwhile changes no release, and
 * nothing is written into the tree. The digest is the `commit` of the result.
 *
 * @throws `NO_SOURCE`
 */
export async function takeWorkingTree(tree: WorkingTree, context: PipelineContext): Promise<Checkout> {
  const { project, version, dir, subfolder = "." } = tree;
  await assertFolder(dir);
  const { sources } = workFolders(context);
  const name = path.basename(checkoutFolder({ project, version }, sources));
  const partial = await temporary(sources, { prefix: `${name}-` });
  try {
    const files = await filesOf(await fs.realpath(dir), context);
    for (const file of files) await copy(file, { dir, to: partial });
    const digest = treeId(await hashTree(partial));
    const folder = path.join(sources, `${name}-${digest.slice(0, 12)}`);
    // What is there under this name has these very files.
    await fs.rename(partial, folder).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
      if (treeId(await hashTree(folder)) !== digest) throw changed(path.relative(context.root, folder));
    });
    context.onEvent({ type: "checkout", project, version, from: dir });
    return { dir: path.join(folder, subfolder), top: folder, kind: "working tree", commit: digest };
  } finally {
    await fs.rm(partial, { recursive: true, force: true });
  }
}

async function assertFolder(dir: string): Promise<void> {
  const found = await fs.stat(dir).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new FacsimileError("NO_SOURCE", `${dir} is not a folder with sources`, {
    hint: "Name the folder that you work in: --src-dir DIR",
  });
}

/** Relative to `top`; links are not followed. Never what we keep in it ourselves. */
async function filesOf(top: string, context: PipelineContext): Promise<readonly string[]> {
  const ours = new Set(Object.values(workFolders(context)));
  const found = (await isGits(top, context)) ? await tracked(top, context) : await everything(top);
  const isOurs = (file: string) => [...ours].some((folder) => path.join(top, file).startsWith(`${folder}${path.sep}`));
  return found.filter((file) => !isOurs(file));
}

/** A folder that a repository above ignores is not of that repository. */
async function isGits(dir: string, { exec, signal }: GitPlace | PipelineContext): Promise<boolean> {
  const at = { exec, signal, cwd: dir };
  if ((await trySafeGit(["rev-parse", "--is-inside-work-tree"], at)).stdout !== "true") return false;
  return (await trySafeGit(["check-ignore", "--quiet", "--", dir], at)).exitCode !== 0;
}

async function tracked(dir: string, context: PipelineContext): Promise<string[]> {
  const { exec, signal } = context;
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { stdout } = await trySafeGit(args, { exec, signal, cwd: dir });
  const names = [...new Set(stdout.split("\0").filter((name) => name !== ""))];
  const found = await Promise.all(
    names.map(async (name) => {
      const stat = await fs.lstat(path.join(dir, name)).catch(() => undefined);
      if (stat === undefined && name.includes("\uFFFD")) await entriesOf(dir);
      if (stat === undefined) return []; // Removed, and not yet told to git.
      if (!stat.isDirectory()) return [name];
      // A submodule, or a repository that git was not told of.
      return (await tracked(path.join(dir, name), context)).map((inner) => path.join(name, inner));
    }),
  );
  return found.flat();
}

async function everything(top: string): Promise<string[]> {
  const entries = await fs.readdir(top, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  const names = files.map((entry) => path.relative(top, path.join(entry.parentPath, entry.name)));
  if (names.some((name) => name.includes("\uFFFD"))) await entriesOf(top);
  return names.filter((name) => !name.split(path.sep).includes(".git"));
}

async function copy(file: string, { dir, to }: { dir: string; to: string }): Promise<void> {
  const [from, target] = [path.join(dir, file), path.join(to, file)];
  await fs.mkdir(path.dirname(target), { recursive: true });
  const stat = await fs.lstat(from);
  if (stat.isSymbolicLink()) return fs.symlink(await fs.readlink(from), target);
  if (stat.isFile()) return fs.copyFile(from, target, fs.constants.COPYFILE_FICLONE);
  throw new FacsimileError("TREE_UNSUPPORTED", `${from} is neither a file, a folder nor a link`, {
    hint: "Remove it, or let git ignore it.",
  });
}

function changed(name: string): FacsimileError {
  return new FacsimileError("SOURCE_DIRTY", `${name} was changed by hand`, { hint: `rm -r ${name}` });
}
