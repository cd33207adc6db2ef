import fs from "node:fs/promises";
import path from "node:path";
import { isFacsimileError } from "@facsimile/core";
import { type MergedFile, mergeFiles } from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { tryGit } from "../git.ts";

/** How git names the driver in `.gitattributes` and in its configuration. */
export const DRIVER = "facsimile-state";

/** gitattributes(5): what both came from, ours, which takes the result, theirs, and the path. */
const COMMAND = "facs state merge-driver %O %A %B %P";

type Git = Pick<PipelineContext, "exec" | "root" | "signal">;

/** Whether git merges states by entries in this clone; `no-git` where there is no repository. */
export async function driverStatus({ root, ...context }: Git): Promise<"installed" | "missing" | "no-git"> {
  const at = { ...context, cwd: root };
  if ((await tryGit(["rev-parse", "--git-dir"], at)).exitCode !== 0) return "no-git";
  const { stdout } = await tryGit(["config", `merge.${DRIVER}.driver`], at);
  return stdout === "" ? "missing" : "installed";
}

/** Tells this clone's git how to merge states. @returns Whether that was news; `false` too where there is no repository */
export async function installDriver(context: Git): Promise<boolean> {
  const at = { ...context, cwd: context.root };
  if ((await driverStatus(context)) !== "missing") return false;
  // The driver first: git refuses to merge at all where one has a name and no command.
  const lines = [
    [`merge.${DRIVER}.driver`, COMMAND],
    [`merge.${DRIVER}.name`, "states of facsimile, entry by entry"],
  ];
  for (const line of lines) await tryGit(["config", "--local", ...line], at);
  return (await driverStatus(context)) === "installed";
}

/** The paths that git hands to a driver; `name` as messages call the file. */
export interface DriverFiles {
  readonly base: string;
  /** Takes the result. */
  readonly ours: string;
  readonly theirs: string;
  readonly name: string;
}

/**
 * Does git's part of a merge. What cannot be read is left as git would leave it, between conflict marks: in no case does
 * one side alone lie there as if nothing was to be joined.
 *
 * @throws As `mergeFiles`
 */
export async function driveMerge({ base, ours, theirs, name }: DriverFiles): Promise<MergedFile> {
  const [old, mine, other] = await Promise.all([base, ours, theirs].map((file) => fs.readFile(path.resolve(file))));
  if (mine === undefined || other === undefined) throw new Error("a driver has three files");
  try {
    const merged = mergeFiles({ base: old, ours: mine, theirs: other }, name);
    await fs.writeFile(ours, merged.bytes);
    return merged;
  } catch (error) {
    if (isFacsimileError(error)) await fs.writeFile(ours, marked(mine, other));
    throw error;
  }
}

function marked(ours: Buffer, theirs: Buffer): string {
  return `<<<<<<< ours\n${ours.toString()}=======\n${theirs.toString()}>>>>>>> theirs\n`;
}
