import { formatPosition } from "@facsimile/core";
import { type RollbackReport, rollbackAgain } from "@facsimile/pipeline";
import { changedRows, endText } from "./deploy.ts";
import { endRows, type Row } from "./deploy-end.ts";
import { isKept } from "./deploy-headline.ts";
import { rotatedLines } from "./rollback-plan.ts";
import type { Style } from "./style.ts";
import { harmless } from "./value.ts";

export interface TypedRollback {
  /** All of it but `--yes`. */
  readonly command: string;
  /** Its options alone, with a blank before them; or nothing. */
  readonly given: string;
}

/** How a rollback ended; that hosts and definitions differ now, and what to type. */
export function rollbackText(report: RollbackReport, typed: { style: Style } & TypedRollback): string {
  const { style } = typed;
  const rows = [
    ...endRows(report, againLines(report, typed)),
    ...changedRows(report),
    ...(isBack(report) ? afterRows(report, typed) : []),
  ];
  return endText(report, { rows, style });
}

/**
 * What brings it to its end. It names the releases: hosts that are back already stay as they are, whenever it is typed. Nothing
 * where a host cannot go back: its problem says what to do instead.
 */
function againLines(
  { instance, projects, hosts }: RollbackReport,
  { command, given }: TypedRollback,
): readonly string[] {
  if (hosts.some(({ problem }) => ["ROLLBACK_IMPOSSIBLE", "COPY_CHANGED"].includes(problem?.code ?? ""))) return [];
  return projects.length === 0 ? [command] : rollbackAgain(instance, projects).map((line) => `${line}${given}`);
}

/** Some host runs the older release, also where that could not be noted or its copy was written to; of a failed run all run what they ran before. */
function isBack({ outcome, hosts }: RollbackReport): boolean {
  return outcome !== "failed" && hosts.some((host) => ["done", "unchanged"].includes(host.outcome) || isKept(host));
}

function afterRows({ instance, projects, hosts, rotated, defined }: RollbackReport, { given }: TypedRollback): Row[] {
  const left = hosts.filter(({ why }) => why === "not chosen");
  const old = rotated.flatMap((one) => rotatedLines(one, { instance, given }));
  const apart = projects.flatMap(({ project, version }) => {
    const said = defined.find((one) => one.project === project);
    return said === undefined ? [] : apartLines(said, { version, instance, given, isWhole: left.length === 0 });
  });
  return [
    ...(left.length === 0 ? [] : [["others", othersText(left.map(({ host }) => host))] as const]),
    ...(old.length === 0 ? [] : [["secrets", old.join("\n")] as const]),
    ...(apart.length === 0 ? [] : [["differs", apart.join("\n")] as const]),
  ]; // biome-ignore format: a row each
}

/** Nobody asked them: they may run what the chosen ones went back to. */
function othersText(names: readonly string[]): string {
  return `hosts may differ now: ${names.join(", ")} ${names.length === 1 ? "keeps what it runs" : "keep what they run"}`;
}

/** A rollback leaves the definitions as they are: the next deploy would bring back what was left. */
function apartLines(
  { project, version: said, position }: RollbackReport["defined"][number],
  { version, instance, given, isWhole }: { version: string; instance: string; given: string; isWhole: boolean },
): string[] {
  const where = position === undefined ? "the definitions say" : `${formatPosition(position)} says`;
  if (said === version)
    return [
      `${where} ${project} ${harmless(said)} too; what else they say may differ from what hosts hold`,
      `  to see it: facs plan ${instance} ${project}${given.replace(" --accept-rollback", "")}`,
    ];
  const stay = `  to stay with ${harmless(version)}: facs deploy ${instance} ${project}@${harmless(version)}${given}`;
  // Definitions say one version for all hosts.
  return [`${where} ${project} ${harmless(said)}, and the next deploy would bring it back`, ...(isWhole ? [stay] : [])];
}
