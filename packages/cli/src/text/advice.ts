import { type FacsimileError, problemsOf } from "@facsimile/core";

/** A hint of what knows hosts, and no instance: it says `INSTANCE`. */
export function withInstance(hint: string, instance: string): string {
  return hint.replace(/\bINSTANCE\b/g, () => instance);
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
