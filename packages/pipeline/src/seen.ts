import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/** A folder as a look at it gives it: a change of anything in it changes the look, and no file is read. */
export interface Look {
  readonly folder: string;
  readonly digest: string;
  /** When anything in it changed last, by the file system's own clock; milliseconds. */
  readonly newest: number;
}

/** Milliseconds after which a change surely has another time: file systems count in steps. Git's racy index has the same reason. */
const STEP = 1000;

/**
 * Looks at names, types, modes, sizes, inodes and times; of git's own folders only at what names a commit. `undefined` when
 * something cannot be looked at.
 */
export function lookAt(folder: string): Look | undefined {
  try {
    return look(folder);
  } catch {
    return undefined;
  }
}

function look(folder: string): Look {
  const hash = createHash("sha256");
  let newest = 0;
  const visit = (at: string) => {
    const isGit = path.basename(at) === ".git";
    for (const entry of fs.readdirSync(path.join(folder, at)).sort()) {
      if (isGit && !GITS.includes(entry)) continue;
      const name = at === "" ? entry : `${at}/${entry}`;
      const stat = fs.lstatSync(`${folder}/${name}`);
      newest = Math.max(newest, stat.ctimeMs, stat.mtimeMs);
      hash.update(`${name}\0${stat.mode} ${stat.ino} ${stat.isDirectory() ? "" : `${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`}\n`); // biome-ignore format: one line
      if (stat.isDirectory()) visit(name);
    }
  };
  visit("");
  return { folder, digest: hash.digest("hex"), newest };
}

const GITS = ["HEAD", "config", "index"];

/** What was found out when the folder looked like that; `undefined` when it never did, or nobody wrote it down. */
export function readSeen<Facts>(look: Look | undefined, about: string): Facts | undefined {
  if (look === undefined) return undefined;
  try {
    const seen = JSON.parse(fs.readFileSync(fileOf(look, about), "utf8")) as { look: string; facts: Facts };
    return seen.look === look.digest ? seen.facts : undefined;
  } catch {
    return undefined;
  }
}

/** Writes down what the folder was found to be, for the next look. Where it changed just now, or the disk is full: nothing. */
export function writeSeen(look: Look | undefined, about: string, facts: unknown): void {
  if (look === undefined) return;
  const file = fileOf(look, about);
  const partial = `${file}.${randomBytes(4).toString("hex")}`;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(partial, JSON.stringify({ look: look.digest, facts }), { mode: 0o600 });
    if (look.newest < fs.statSync(partial).mtimeMs - STEP) fs.renameSync(partial, file);
    else fs.rmSync(partial);
  } catch {
    fs.rmSync(partial, { force: true });
  }
}

/** Beside the folder, so that it goes with the work folder that holds both. */
function fileOf({ folder }: Look, about: string): string {
  return path.join(path.dirname(folder), ".seen", `${path.basename(folder)}.${about}.json`);
}
