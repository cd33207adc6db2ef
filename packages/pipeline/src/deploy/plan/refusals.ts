import { type FacsimileError, ProblemsError, problemsOf } from "@facsimile/core";

/** What may be left behind, as nobody hears from it. */
const AWAY = ["HOST_UNREACHABLE", "CONNECTION_LOST", "STOPPED"];

/**
 * Whether a host answered, or something in its place, and cannot have what it is to get. One such host stops a deploy before it begins,
 * however many may be out of reach.
 */
export function isRefused(problem: FacsimileError | undefined): boolean {
  return problem !== undefined && problemsOf(problem).some(({ code }) => !AWAY.includes(code));
}

/** All that is wrong with one host as one problem, with all hints. */
export function allOf(problems: readonly FacsimileError[]): FacsimileError | undefined {
  const all = problems.flatMap(problemsOf);
  if (all.length < 2) return all[0];
  const hints = all.flatMap(({ hint }) => hint?.split("\n") ?? []);
  return new ProblemsError(all, { hint: [...new Set(hints)].join("\n") });
}
