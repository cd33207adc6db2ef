import fs from "node:fs/promises";
import path from "node:path";
import { compareBytes, errnoOf, FacsimileError } from "@facsimile/core";
import type { PipelineContext } from "../context.ts";

/** Says, in a folder of rendered trees, what was written there (`rendered/1`). */
export const MARKER = ".facs-render.json";

const FORMAT = "rendered/1";

export function markerText(paths: readonly string[]): string {
  return `${JSON.stringify({ facsimile: FORMAT, paths: [...paths].sort(compareBytes) })}\n`;
}

/** Where the folders of a conglomerate lie. */
export type Folders = Pick<PipelineContext, "root" | "own" | "work">;

/** What is read, or has a form of its own, is no place for rendered files, whether it is there yet or not. @throws `OUT_REFUSED` */
export async function assertElsewhere(dir: string, { root, own, work }: Folders): Promise<void> {
  const inRoot = [".git", "define"].map((name) => path.join(root, name));
  const owned = own === root ? OWN.map((name) => path.join(root, name)) : [own];
  const worked = work === root ? WORK.map((name) => path.join(root, name)) : [work];
  const real = await realOf(dir);
  for (const folder of [...inRoot, ...owned, ...worked]) {
    const taken = await realOf(folder);
    if (!isIn(real, taken) && !isIn(taken, real)) continue;
    const how = isIn(real, taken) ? "lies in" : "would hold";
    throw refused(
      `${dir} ${how} ${path.relative(root, folder)}/, which is for facs itself`,
      "Name a folder elsewhere.",
    );
  }
}

const OWN = ["tmpl", "extra", "keys", "state", "hosts"];
const WORK = ["SRC", "BUILD", "RELEASE"];

function isIn(file: string, folder: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : `${folder}${path.sep}`);
}

/** Without links, as far as it is there. */
async function realOf(file: string): Promise<string> {
  try {
    return await fs.realpath(file);
  } catch (error) {
    if (!["ENOENT", "ENOTDIR"].includes(errnoOf(error) ?? "")) throw error;
    return path.join(await realOf(path.dirname(file)), path.basename(file));
  }
}

/** Whether the folder is there. @throws `OUT_REFUSED` when it holds anything that no earlier run wrote */
export async function assertReplaceable(dir: string): Promise<boolean> {
  const stats = await fs.lstat(dir).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (stats === undefined) return false;
  if (!stats.isDirectory()) throw refused(`${dir} is no folder`);
  const found = (await fs.readdir(dir, { recursive: true })).filter((name) => name !== MARKER);
  if (found.length === 0) return true;
  const ours = await written(dir);
  if (ours === undefined) throw refused(`${dir} holds what facs render did not write there`);
  const foreign = found.filter((name) => !ours.has(name)).sort(compareBytes);
  if (foreign.length === 0) return true;
  const named = foreign.slice(0, SHOWN).join(", ");
  throw refused(`${dir} holds what facs render did not write there: ${named}${foreign.length > SHOWN ? ` and ${foreign.length - SHOWN} more` : ""}`); // biome-ignore format: one line
}

const SHOWN = 5;

async function written(dir: string): Promise<ReadonlySet<string> | undefined> {
  const text = await fs.readFile(path.join(dir, MARKER), "utf8").catch(() => "");
  try {
    const { facsimile, paths } = JSON.parse(text) as { facsimile?: unknown; paths?: unknown };
    return facsimile === FORMAT && Array.isArray(paths) ? new Set(paths.map(String)) : undefined;
  } catch {
    return undefined;
  }
}

function refused(message: string, hint = "Name a folder that is empty, or not there yet."): FacsimileError {
  return new FacsimileError("OUT_REFUSED", message, { hint });
}
