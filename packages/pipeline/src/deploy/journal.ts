import { randomBytes } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { workFolders } from "../context.ts";

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
}

/** A run's name: its start in UTC and four random hex digits, as in `20261122-0931-4f2a`. */
export function runId(now: Date): string {
  const [date, time] = now.toISOString().split("T");
  const digits = (text: string | undefined) => (text ?? "").replace(/[^0-9]/g, "");
  return `${digits(date)}-${digits(time).slice(0, 4)}-${randomBytes(2).toString("hex")}`;
}

export async function openJournal({ work, instance, now }: JournalOptions): Promise<Journal> {
  const run = runId(now());
  const folder = path.join(workFolders({ work }).releases, instance, "runs");
  await fs.mkdir(folder, { recursive: true });
  const file = await fs.open(path.join(folder, `${run}.jsonl`), "ax", 0o600);
  let writing: Promise<unknown> = Promise.resolve();
  const note = (line: Readonly<Record<string, unknown>>) => {
    const text = `${JSON.stringify({ at: now().toISOString(), ...line })}\n`;
    writing = writing.then(() => file.appendFile(text));
  };
  note({ facsimile: "run/1", run, instance });
  const close = async () => {
    await writing.then(() => file.sync()).finally(() => file.close());
  };
  return { run, note, close };
}
