import type { DoctorReport, Finding } from "@facsimile/pipeline";
import { count, type Style } from "./style.ts";
import { harmless } from "./value.ts";
import { groupBy } from "./words.ts";

/** A line for each thing, what is alike in one, what to do below it; the last line counts what is not well. */
export function doctorText({ findings }: DoctorReport, style: Style): string {
  const alike = groupBy(findings, ({ about, ...rest }) => JSON.stringify(rest));
  const lines = [...alike.values()].flatMap((group) => findingLines(group, style));
  return `${[...lines, summary(findings)].join("\n")}\n`;
}

function findingLines(group: readonly Finding[], style: Style): string[] {
  const [first] = group;
  if (first === undefined) return [];
  const { status, region, text, next = "" } = first;
  const names = `${region === undefined ? "" : `${region}/`}${group.map(({ about }) => about).join(" ")}`;
  const [head, ...rest] = text.split("\n").map(harmless);
  const below = [
    ...rest,
    ...next
      .split("\n")
      .map(harmless)
      .filter((line) => line !== ""),
  ];
  return [`${signOf(status, style)} ${names}   ${head}`, ...below.map((line) => `    ${line}`)];
}

function signOf(status: Finding["status"], { green, yellow, red, ok, bad }: Style): string {
  if (status === "ok") return green(ok);
  return status === "warning" ? yellow("!") : red(bad);
}

function summary(findings: readonly Finding[]): string {
  const of = (status: Finding["status"]) => findings.filter((finding) => finding.status === status).length;
  const [failed, warned] = [of("failure"), of("warning")];
  if (failed + warned === 0) return "All is well.";
  const parts = [...(failed > 0 ? [count(failed, "failure")] : []), ...(warned > 0 ? [count(warned, "warning")] : [])];
  return parts.join(", ");
}
