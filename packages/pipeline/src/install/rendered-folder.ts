import fs from "node:fs/promises";
import path from "node:path";
import { compareBytes, errnoOf, FacsimileError } from "@facsimile/core";

/** Says, in a folder of rendered trees, what was written there (`rendered/1`). */
export const MARKER = ".facs-render.json";

const FORMAT = "rendered/1";

export function markerText(paths: readonly string[]): string {
  return `${JSON.stringify({ facsimile: FORMAT, paths: [...paths].sort(compareBytes) })}\n`;
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

function refused(message: string): FacsimileError {
  return new FacsimileError("OUT_REFUSED", message, { hint: "Name a folder that is empty, or not there yet." });
}
