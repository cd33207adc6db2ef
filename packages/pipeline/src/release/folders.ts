import fs from "node:fs/promises";
import path from "node:path";
import { errnoOf } from "@facsimile/core";
import { type PipelineContext, workFolders } from "../context.ts";

/** A folder of `RELEASE/` by its place; what is in it is not looked at. */
export interface ReleaseFolder {
  /** Absolute. */
  readonly folder: string;
  /** As messages call it: relative to the root. */
  readonly name: string;
  readonly instance: string;
  readonly project: string;
  readonly id: string;
}

export interface FolderFilter {
  /** Default: of every instance. */
  readonly instance?: string | undefined;
  /** Default: of every project. */
  readonly project?: string | undefined;
}

/** Every sealed release that lies here. */
export async function releaseFolders(
  { instance, project }: FolderFilter,
  context: Pick<PipelineContext, "root" | "work">,
): Promise<readonly ReleaseFolder[]> {
  const { releases } = workFolders(context);
  const instances = instance === undefined ? await names(releases) : [instance];
  const found = instances.map(async (instance) => {
    const projects = project === undefined ? await names(path.join(releases, instance)) : [project];
    return (await Promise.all(projects.map((project) => inProject({ instance, project }, context)))).flat();
  });
  return (await Promise.all(found)).flat();
}

async function inProject(
  place: { readonly instance: string; readonly project: string },
  context: Pick<PipelineContext, "root" | "work">,
): Promise<readonly ReleaseFolder[]> {
  const parent = path.join(workFolders(context).releases, place.instance, place.project);
  return (await names(parent))
    .filter((id) => /^[0-9a-f]{64}$/.test(id))
    .map((id) => {
      const folder = path.join(parent, id);
      return { ...place, id, folder, name: path.relative(context.root, folder) };
    });
}

async function names(folder: string): Promise<readonly string[]> {
  try {
    const entries = await fs.readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".")).map(({ name }) => name).sort(); // biome-ignore format: one line
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errnoOf(error) ?? "")) return [];
    throw error;
  }
}
