import { randomBytes } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { errnoOf, FacsimileError } from "@facsimile/core";
import { workFolders } from "../../context.ts";

/** One run's record in `RELEASE/<instance>/runs/<run>.jsonl`, a line per event; docs/formats/run-1.md. */
export interface Journal {
  readonly run: string;
  /** Adds a line; lines reach the disk in order. */
  readonly note: (line: Readonly<Record<string, unknown>>) => void;
  /** Waits until all lines are on the disk. */
  readonly close: () => Promise<void>;
}

export interface JournalOptions {
  /** The folder of `RELEASE/`. */
  readonly work: string;
  readonly instance: string;
  readonly now: () => Date;
  /** Called once, when a later line than the first cannot be written: nothing more is noted then. */
  readonly onFailure: (message: string) => void;
}

/** A run's name: its start in UTC and four random hex digits, as in `20261122-0931-4f2a`. */
export function runId(now: Date): string {
  const [date, time] = now.toISOString().split("T");
  const digits = (text: string | undefined) => (text ?? "").replace(/[^0-9]/g, "");
  return `${digits(date)}-${digits(time).slice(0, 4)}-${randomBytes(2).toString("hex")}`;
}

/** @throws `NO_SPACE` when not even the first line can be written */
export async function openJournal({ work, instance, now, onFailure }: JournalOptions): Promise<Journal> {
  const folder = path.join(workFolders({ work }).releases, instance, "runs");
  const lineOf = (line: Readonly<Record<string, unknown>>) =>
    `${JSON.stringify({ at: now().toISOString(), ...line })}\n`;
  await fs.mkdir(folder, { recursive: true }).catch(fullDisk(folder));
  const { run, name, file } = await newFile(folder, now);
  await begin(file, lineOf({ facsimile: "run/1", run, instance })).catch(async (error: unknown) => {
    await fs.rm(name, { force: true });
    fullDisk(folder)(error);
  });
  // Hosts that are being worked on matter more than what is noted about them.
  const fail = (error: unknown) => onFailure(`${path.relative(work, name)} cannot be written: ${(error as Error).message}`); // biome-ignore format: one line
  const { write, close } = writerTo(file, fail);
  return { run, note: (line) => write(lineOf(line)), close };
}

/** Of a name that no run here has: four digits come twice sooner than one thinks, where many runs begin within a minute. */
async function newFile(folder: string, now: () => Date): Promise<{ run: string; name: string; file: fs.FileHandle }> {
  const run = runId(now());
  const name = path.join(folder, `${run}.jsonl`);
  try {
    return { run, name, file: await fs.open(name, "ax", 0o600) };
  } catch (error) {
    return errnoOf(error) === "EEXIST" ? await newFile(folder, now) : fullDisk(folder)(error);
  }
}

async function begin(file: fs.FileHandle, first: string): Promise<void> {
  try {
    await file.appendFile(first);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Writes in order; what comes while a line is being written goes in one piece after it. Nothing is written after a failure. */
function writerTo(file: fs.FileHandle, onFailure: (error: unknown) => void) {
  let waiting = "";
  let failed = false;
  let writing: Promise<unknown> | undefined;
  const fail = (error: unknown) => {
    if (!failed) onFailure(error);
    failed = true;
  };
  const drain = async () => {
    while (waiting !== "" && !failed) {
      const text = waiting;
      waiting = "";
      await file.appendFile(text).catch(fail);
    }
    writing = undefined;
  };
  const write = (text: string) => {
    waiting += text;
    writing ??= drain();
  };
  const close = async () => {
    await writing;
    await file.sync().catch(fail);
    await file.close();
  };
  return { write, close };
}

function fullDisk(folder: string): (error: unknown) => never {
  return (error) => {
    if (!["ENOSPC", "EDQUOT"].includes(errnoOf(error) ?? "")) throw error;
    const message = `the journal of the run cannot be written: ${(error as Error).message}`;
    throw new FacsimileError("NO_SPACE", message, {
      cause: error,
      hint: `No host was touched. Make room on the disk of ${folder}: facs prune removes releases that nothing needs.`,
    });
  };
}
