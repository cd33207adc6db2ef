import { type FacsimileError, formatProblem, isFacsimileError, problemsOf } from "@facsimile/core";

/** One thing that was looked at, and what came of it. */
export interface Finding {
  /** `warning`: it works, and somebody will be sorry. `failure`: something that is needed does not work. */
  readonly status: "ok" | "warning" | "failure";
  /** `git`, `key`, `state/dev.json`, `web1.eu`. */
  readonly about: string;
  /** Of a host. */
  readonly region?: string | undefined;
  readonly text: string;
  /** What to do, one thing a line; absent where nothing is to be done. */
  readonly next?: string;
  /** Of the failure behind it, as docs/errors.md has it. */
  readonly code?: string;
}

export function ok(about: string, text: string): Finding {
  return { status: "ok", about, text };
}

export function warning(about: string, text: string, next: string): Finding {
  return { status: "warning", about, text, next };
}

/** A finding for each thing that is wrong. A mistake of ours goes on up. */
export function failures(about: string, error: unknown): Finding[] {
  if (!isFacsimileError(error)) throw error;
  return problemsOf(error).map((problem) => failure(about, problem));
}

export function failure(about: string, problem: FacsimileError): Finding {
  const { code, hint } = problem;
  return {
    status: "failure",
    about,
    text: formatProblem(problem),
    code,
    ...(hint === undefined ? {} : { next: hint }),
  };
}
