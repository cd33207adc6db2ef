import type { DeployReport } from "@facsimile/pipeline";
import { againText, endRows, type Row } from "./deploy-end.ts";
import { type Ended, headline } from "./deploy-headline.ts";
import { madeNames } from "./secret-names.ts";
import { count, type Style } from "./style.ts";
import type { Typed } from "./typed.ts";
import { undoRows } from "./undo.ts";
import { labelled } from "./words.ts";

/**
 * How a deploy ended: is the instance whole, which hosts are not, what to type next.
 *
 * @param typed See {@link Typed}. Default: nothing.
 */
export function deployText(report: DeployReport, style: Style, typed: Typed = {}): string {
  const rows = [
    ...endRows(report, [againText(report, typed)]),
    ...changedRows(report),
    ...recordedRows(report),
    ...undoRows(report, typed),
  ];
  return endText(report, { rows, style });
}

/** What is true now, and rows of what is to be told beside it. */
export function endText(report: Ended, { rows, style }: { rows: readonly Row[]; style: Style }): string {
  const seconds = report.outcome === "failed" ? "" : `; ${(report.durationMs / 1000).toFixed(1)} s`;
  const width = Math.max(9, ...rows.map(([label]) => label.length + 2));
  const lines = rows.flatMap(([label, text]) => labelled(label, [text], width));
  const coloured = lines.map((line) =>
    line.replace(/^ {2}(failed|unreachable)\b/, (_, word) => `  ${style.red(word)}`),
  );
  return `${[`${report.instance}: ${headline(report)}${seconds}`, ...coloured].join("\n")}\n`;
}

/** More names than this are only counted. */
const NAMED = 8;

export function changedRows({ hosts, outcome }: Ended): Row[] {
  const done = hosts.filter((host) => host.outcome === "done").map(({ host }) => host);
  if (outcome === "failed" || done.length === 0) return [];
  const names = done.length === hosts.length || done.length > NAMED ? count(done.length, "host") : done.join(", ");
  return [["changed", names]];
}

function recordedRows({ recorded, projects }: DeployReport): Row[] {
  if (recorded === undefined) return [];
  const { state, edited, published } = recorded;
  const where = {
    pushed: "committed and pushed",
    committed: "committed; there is no remote to push to",
    kept: "written",
  }[published];
  const versions = projects.map(({ project, version }) => `${project} ${version}`).join(", ");
  const uiids = Object.entries(state.uiids).map(([daemon, uiid]) => `${daemon} = ${uiid}`);
  const names = madeNames(state);
  const made = names.length + uiids.length > 0;
  return [
    ...(edited.length === 0 ? [] : [["version", `${versions} in ${edited.join(", ")}, ${where}`] as const]),
    ...(made ? [["state", `${state.scope}, serial ${state.serial}, ${where}`] as const] : []),
    ...(names.length === 0 ? [] : [["made", names.join(", ")] as const]),
    ...(uiids.length === 0 ? [] : [["uiids", uiids.join(", ")] as const]),
  ];
}
