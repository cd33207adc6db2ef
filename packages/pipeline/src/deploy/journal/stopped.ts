import { errnoOf, isFacsimileError } from "@facsimile/core";
import type { PipelineContext } from "../../context.ts";
import { lostHosts, type Work } from "../report.ts";
import { noteBegin, noteLost } from "../run/journal-begin.ts";
import { openJournal } from "./journal.ts";

interface Stopped extends Pick<Work, "outline" | "copies" | "surveyed" | "left"> {
  readonly resumes: string | undefined;
  readonly set: readonly string[];
  /** Nothing is to be made or written down first: its releases are what they would be. */
  readonly isSettled: boolean;
}

/**
 * Leaves a journal of a run that ended before any host was touched, so that it is the last one.
 *
 * @returns Its name, if it can be resumed
 */
export async function noteStopped(work: Stopped, context: PipelineContext): Promise<string | undefined> {
  const { outline, copies, surveyed, left, isSettled, resumes, set } = work;
  const onFailure = (message: string) => context.onEvent({ type: "warning", message });
  const where = { work: context.work, instance: outline.instance.full, now: context.now };
  const journal = await openJournal({ ...where, onFailure }).catch((error: unknown) => {
    if (!isFacsimileError(error, "NO_SPACE") && errnoOf(error) === undefined) throw error;
    onFailure((error as Error).message); // What stands against the deploy is told, too, and matters more.
  });
  if (journal === undefined) return undefined;
  noteBegin(journal, { copies: isSettled ? copies : copies.map(({ id: _, ...copy }) => copy), surveyed, resumes, set });
  noteLost(journal, { surveyed, redactor: context.redactor });
  const hosts = lostHosts(surveyed).map(({ host, outcome }) => ({ host, outcome }));
  const skipped = left.map(({ host }) => ({ host: host.name, outcome: "skipped" }));
  journal.note({ event: "end", outcome: "failed", hosts: [...hosts, ...skipped] });
  await journal.close();
  return isSettled ? journal.run : undefined;
}
