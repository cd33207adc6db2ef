import fs from "node:fs/promises";
import path from "node:path";
import { sha256 } from "@facsimile/core";
import { entriesOf } from "./entries.ts";
import type { OwnStage } from "./stages.ts";

/** What was done in a build folder, and how it was left. */
export interface Stamp {
  /** One for each stage that was done: each depends on those before it. */
  readonly keys: readonly string[];
  /** {@link lookOf} when it was done. */
  readonly look: string;
}

/** What each stage depends on: the sources, the place, the commands and environments, its own and all before it. */
export function keysOf(stages: readonly OwnStage[], source: object): readonly string[] {
  const keys: string[] = [];
  for (const { name, run, env, virtualenv } of stages)
    keys.push(sha256(JSON.stringify([keys.at(-1) ?? source, name, run, env, virtualenv])));
  return keys;
}

/** How many of the stages are done: none, where anything else was. */
export function doneOf(stamp: Stamp | undefined, keys: readonly string[]): number {
  const done = stamp?.keys ?? [];
  const isSame = done.every((key, index) => index >= keys.length || key === keys[index]);
  return isSame ? Math.min(done.length, keys.length) : 0;
}

/** A folder as a look at it gives it: a change of any file by hand changes it, and no file is read. */
export async function lookOf(folder: string): Promise<string> {
  const entries = [...(await entriesOf(folder))];
  const lines = await Promise.all(
    entries.sort().map(async (entry) => {
      const { mode, size, mtimeMs } = await fs.lstat(path.join(folder, entry));
      return `${entry}\0${mode}\0${size}\0${mtimeMs}`;
    }),
  );
  return sha256(lines.join("\0"));
}

/** The stamp beside the folder; `undefined` for none, and for what is none. */
export async function readStamp(folder: string): Promise<Stamp | undefined> {
  const text = await fs.readFile(stampFile(folder), "utf8").catch(() => "");
  try {
    const { keys, look } = JSON.parse(text) as Stamp;
    return Array.isArray(keys) && typeof look === "string" ? { keys, look } : undefined;
  } catch {
    return undefined;
  }
}

export async function writeStamp(folder: string, keys: readonly string[]): Promise<void> {
  const file = stampFile(folder);
  await fs.writeFile(`${file}.new`, JSON.stringify({ keys, look: await lookOf(folder) }));
  await fs.rename(`${file}.new`, file);
}

export async function removeStamp(folder: string): Promise<void> {
  await fs.rm(stampFile(folder), { force: true });
}

function stampFile(folder: string): string {
  return `${folder}.stamp`;
}
