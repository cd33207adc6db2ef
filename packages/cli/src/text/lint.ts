import { FacsimileError, formatPosition } from "@facsimile/core";
import type { LintProblem, LintReport, Warning } from "@facsimile/definitions";
import { problemsText } from "./problems.ts";
import { count, type Style } from "./style.ts";
import { harmless } from "./value.ts";
import { groupBy } from "./words.ts";

export interface LintTextOptions {
  readonly style: Style;
  /** The conglomerate, for excerpts. */
  readonly root: string;
}

/** Problems with the lines around them, then findings file by file, then one line that counts. */
export function lintText(report: LintReport, options: LintTextOptions): string {
  const problems = report.problems.map((problem) => problemText(problem, { ...options, report }));
  const files = [...groupBy(report.findings, ({ position }) => position?.file).values()];
  const findings = files.map((group) => group.map((finding) => findingText(finding, options.style)).join(""));
  return `${[...problems, ...findings, summary(report)].join("\n")}\n`;
}

/** With the instances that have it, where not all do, and the file does not say. */
function problemText(
  { error, instances }: LintProblem,
  { report, root, style }: LintTextOptions & { report: LintReport },
): string {
  const isEverywhere = instances.length === 0 || instances.length === report.instances.length;
  const { code, message, position, hint } = error;
  const isOwn = instances.length === 1 && position?.file.includes(`/${instances[0]}.`);
  const where = isEverywhere || isOwn ? undefined : `In ${listed(instances)}.`;
  const next = [hint, where].filter((line) => line !== undefined).join("\n") || undefined;
  return problemsText(new FacsimileError(code, message, { hint: next, position }), { root, style });
}

/** More than a person reads. */
const MAX_NAMED = 8;

function listed(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return more > 0 ? `${names.slice(0, MAX_NAMED).join(", ")} and ${more} more` : names.join(", ");
}

function findingText({ code, message, hint, position }: Warning, { yellow, bold }: Style): string {
  const where = position === undefined ? "" : `${harmless(formatPosition(position))}: `;
  const lines = (hint ?? "").split("\n").filter((line) => line !== "");
  return [`${where}${yellow("warning")} ${bold(code)}: ${harmless(message)}`, ...lines.map((line) => `  ${harmless(line)}`)]
    .map((line) => `${line}\n`)
    .join(""); // biome-ignore format: two kinds of lines
}

/** `2 problems, 5 warnings in 9 instances of 2 projects.` */
function summary({ problems, findings, allowed, instances, projects }: LintReport): string {
  const found = [
    ...(problems.length === 0 ? [] : [count(problems.length, "problem")]),
    ...(findings.length === 0 ? [] : [count(findings.length, "warning")]),
  ];
  const where = `${count(instances.length, "instance")} of ${count(projects.length, "project")}`;
  const more = allowed === 0 ? "" : ` ${allowed} more ${allowed === 1 ? "is" : "are"} allowed by a comment.`;
  return `${found.length === 0 ? "Nothing found" : found.join(", ")} in ${where}.${more}`;
}
