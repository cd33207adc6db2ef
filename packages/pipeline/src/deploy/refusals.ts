import { type FacsimileError, ProblemsError, problemsOf } from "@facsimile/core";

/**
 * What stands against a deploy to a host that answers, or to what answers in its place. One such host stops a deploy before it
 * begins, however many may be out of reach.
 */
const REFUSALS = [
  ...[
    "BAD_HOME",
    "HOME_MISSING",
    "HOME_REFUSED",
    "LIBRARY_MISSING",
    "NOT_ADOPTED",
    "NO_SPACE",
    "PATH_CLASH",
    "SHRINKS",
  ],
  ...["HOST_FORMAT_NEWER", "HOST_KEY_CHANGED", "HOST_UNSUITABLE", "STRATEGY_CHANGED"],
];

/** Whether a host answered, and cannot have what it is to get. */
export function isRefused(problem: FacsimileError | undefined): boolean {
  return problem !== undefined && problemsOf(problem).some(({ code }) => REFUSALS.includes(code));
}

/** All that is wrong with one host as one problem, with all hints. */
export function allOf(problems: readonly FacsimileError[]): FacsimileError | undefined {
  const all = problems.flatMap(problemsOf);
  if (all.length < 2) return all[0];
  const hints = all.flatMap(({ hint }) => hint?.split("\n") ?? []);
  return new ProblemsError(all, { hint: [...new Set(hints)].join("\n") });
}
