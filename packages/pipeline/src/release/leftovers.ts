import fs from "node:fs/promises";
import path from "node:path";
import { errnoOf } from "@facsimile/core";
import { type PipelineContext, workFolders } from "../context.ts";
import { PARTIAL } from "./layout.ts";

const DAY_MS = 86_400_000;

/** What runs that were killed left beside an instance's releases, relative to the root. A young one may be at work. */
export async function leftovers(instance: string, { root, work, now }: PipelineContext): Promise<readonly string[]> {
  const top = path.join(workFolders({ work }).releases, instance);
  const projects = await entriesOf(top);
  const found = await Promise.all(
    projects.map(async (project) => {
      const names = await entriesOf(path.join(top, project));
      return names.filter((name) => name.startsWith(PARTIAL)).map((name) => path.join(top, project, name));
    }),
  );
  const old = await Promise.all(found.flat().map(async (folder) => ({ folder, isOld: await isOld(folder, now()) })));
  return old.flatMap(({ folder, isOld }) => (isOld ? [path.relative(root, folder)] : []));
}

async function isOld(folder: string, now: Date): Promise<boolean> {
  return now.getTime() - (await fs.stat(folder)).mtimeMs > DAY_MS;
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await fs.readdir(folder);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errnoOf(error) ?? "")) return [];
    throw error;
  }
}
