import type { StatusReport } from "@facsimile/pipeline";
import { type ConfirmedRun, type RunsDocument, runsOf } from "../runs.ts";
import { momentText } from "./release-words.ts";
import { authorText } from "./status.ts";
import { columns, count, type Style } from "./style.ts";
import { harmless } from "./value.ts";
import { hostProblem, short } from "./words.ts";

/** Every run that hosts confirmed, newest first: which release, by whom, on how many hosts. */
export function historyText(report: StatusReport, style: Style): string {
  const { runs, taken, unasked, people } = runsOf(report);
  const rows = runs.map((run) => cells(run, people));
  const lines = rows.length === 0 ? ["nothing was deployed yet"] : columns(rows, { indent: 0 });
  const notes = [...taken.map((place) => takenLine(place, style)), ...unasked.map((host) => unaskedLine(host, style))];
  return `${[...lines.map(harmless), ...notes].join("\n")}\n`;
}

function cells(
  { at, run, action, project, version, release, by, hosts }: ConfirmedRun,
  people: StatusReport["people"],
): string[] {
  const where = hosts.length > 3 ? count(hosts.length, "host") : hosts.join(" ");
  return [momentText(at), run, action, project, version, short(release), authorText(by, people), where];
}

function takenLine({ host, project, owner }: RunsDocument["taken"][number], { yellow }: Style): string {
  return `${yellow("!")} ${host}: ${harmless(`the place of ${project} belongs to ${owner.project} of ${owner.instance} now`)}`;
}

function unaskedLine({ host, problem, down = "" }: RunsDocument["unasked"][number], { yellow }: Style): string {
  const why = problem === undefined ? `${host} was not asked: ${harmless(down)}` : hostProblem(host, problem);
  return `${yellow("!")} ${why}`;
}
