import { FacsimileError, ProblemsError, problemsOf } from "@facsimile/core";
import { harmlessLines } from "./value.ts";

/** More names than this are no command that somebody reads; without names it is for all hosts. */
const NAMED = 8;

/**
 * A hint of what knows no instance: it says `INSTANCE`, and `INSTANCE HOST`. A line that names two instances is left as it is.
 *
 * @param hosts Those that it is about. Default: not known.
 */
export function withInstance(hint: string, instance: string, hosts: readonly string[] = []): string {
  const names = hosts.length > NAMED ? [] : hosts;
  return hint
    .split("\n")
    .map((line) => {
      if ([...line.matchAll(/\bINSTANCE\b/g)].length > 1) return line;
      const placed =
        hosts.length === 0 ? line : line.replace(/\bINSTANCE HOST\b/, () => ["INSTANCE", ...names].join(" "));
      return placed.replace(/\bINSTANCE\b/, () => instance);
    })
    .join("\n");
}

/** What each hint is, with the hosts that have it: once, in their order. */
export function hostHints(
  failed: readonly { readonly host: string; readonly problem?: FacsimileError | undefined }[],
  instance: string,
): string[] {
  const hosts = new Map<string, string[]>();
  for (const { host, problem } of failed)
    for (const line of harmlessLines(problem?.hint ?? "").split("\n"))
      if (line !== "") hosts.set(line, [...(hosts.get(line) ?? []), host]);
  return [...hosts].map(([hint, names]) => withInstance(hint, instance, names));
}

/** The same failure, with the instance that its command was for. */
export function atInstance(error: FacsimileError, instance: string | undefined): FacsimileError {
  if (instance === undefined) return error;
  const filled = (each: FacsimileError) => {
    const { code, message, hint, position, cause } = each;
    return new FacsimileError(code, message, { hint: hint && withInstance(hint, instance), position, cause });
  };
  const [first, ...more] = problemsOf(error);
  if (first === undefined || (first === error && more.length === 0)) return filled(error);
  return new ProblemsError(problemsOf(error).map(filled), { hint: error.hint && withInstance(error.hint, instance) });
}

/** What refuses, which option does it all the same, and what that is for. */
const MEANT = [
  { code: "NOT_ADOPTED", option: "--adopt", to: "replace what lies there" },
  { code: "SHRINKS", option: "--allow-deletes", to: "let those files go" },
  { code: "LIBRARY_MISSING", option: "--skip-libcheck", to: "leave that check out" },
];

/** The command of somebody who means it, if one is known for what stands against it. */
export function evenSo(problems: readonly (FacsimileError | undefined)[], deploy: string | undefined): string[] {
  const codes = new Set(problems.flatMap((problem) => (problem === undefined ? [] : problemsOf(problem))).map(({ code }) => code)); // biome-ignore format: one line
  const meant = MEANT.filter(({ code, option }) => codes.has(code) && deploy?.includes(` ${option}`) === false);
  if (meant.length === 0) return [];
  return [`or, to ${meant.map(({ to }) => to).join(" and ")}: ${[deploy, ...meant.map(({ option }) => option)].join(" ")}`]; // biome-ignore format: one line
}
