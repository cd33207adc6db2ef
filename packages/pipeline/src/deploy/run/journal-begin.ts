import type { Redactor } from "@facsimile/core";
import type { Copy } from "../../release/release.ts";
import type { Journal } from "../journal/journal.ts";
import type { Surveyed } from "../look/survey.ts";
import { isRefused } from "../plan/refusals.ts";
import type { RunContext } from "./host-run.ts";

interface Beginning {
  /** Without `id`: it was not settled yet what the release is. */
  readonly copies: readonly (Pick<Copy, "project" | "version"> & Partial<Pick<Copy, "id">>)[];
  readonly surveyed: readonly Surveyed[];
  /** Default: `deploy`. */
  readonly action?: RunContext["action"];
  /** The run that this one goes on with. */
  readonly resumes: string | undefined;
  /** See `notedSet`. Default: nothing was given. */
  readonly set?: readonly string[] | undefined;
}

/** What a run is to bring, and to which hosts. */
export function noteBegin(
  journal: Journal,
  { copies, surveyed, action = "deploy", resumes, set = [] }: Beginning,
): void {
  journal.note({
    event: "begin",
    ...(action === "deploy" ? {} : { action }),
    ...(resumes === undefined ? {} : { resumes }),
    ...(set.length === 0 ? {} : { set }),
    projects: copies.map(({ project, version, id }) => ({ project, version, release: id })),
    hosts: surveyed.map(({ reached }) => reached.host.name),
  });
}

/** Hosts that did not answer, or cannot have what they are to get. */
export function noteLost(
  journal: Journal,
  { surveyed, redactor }: Pick<Beginning, "surveyed"> & { readonly redactor: Redactor },
): void {
  for (const { reached, problem } of surveyed) {
    if (problem === undefined) continue;
    const { code, message } = problem;
    const event = isRefused(problem) ? "failed" : "unreachable";
    journal.note({ event, host: reached.host.name, code, message: redactor.redact(message) });
  }
}
