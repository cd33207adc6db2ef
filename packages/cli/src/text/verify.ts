import type { VerifiedHost, VerifyReport } from "@facsimile/pipeline";
import { differenceCells } from "./difference.ts";
import { alikeLines, healLines, type TypedVerify } from "./heal.ts";
import { columns, count, type Style } from "./style.ts";
import { harmless } from "./value.ts";
import { groupBy, heldText, holdsText, hostProblem } from "./words.ts";

/** Which hosts hold exactly what was deployed, and how the others differ; the deploy that heals them. */
export function verifyText(
  report: VerifyReport,
  style: Style,
  typed: TypedVerify = { projects: [], options: {} },
): string {
  const exact = report.hosts.filter(isExact);
  const rest = report.hosts.filter((host) => !isExact(host));
  const lines = [
    ...exactLines(exact, style),
    ...rest.flatMap((host) => hostLines(host, style)),
    ...downLines(report, style),
    ...summary(report, { rest, typed }),
  ];
  return `${lines.join("\n")}\n`;
}

export function isExact({ problem, projects }: VerifiedHost): boolean {
  return problem === undefined && !isDifferent({ projects });
}

export function isDifferent({ projects }: Pick<VerifiedHost, "projects">): boolean {
  return projects.some(({ release, differences }) => release === undefined || differences.length > 0);
}

function exactLines(hosts: readonly VerifiedHost[], style: Style): string[] {
  const alike = groupBy(hosts, (host) => JSON.stringify([host.region, heldOf(host)]));
  return [...alike.values()].map((group) => {
    const [first] = group;
    const names = group.map(({ host }) => host).join(" ");
    const place = first?.region === undefined ? "" : `${first.region}/`;
    return `${style.green(style.ok)} ${place}${names}   exactly ${first === undefined ? "" : heldOf(first)}`;
  });
}

function heldOf({ projects }: VerifiedHost): string {
  return heldText(projects.map(({ project, version = "", release = "" }) => ({ project, version, release })));
}

function nothingText(torn: VerifiedHost["projects"][number]["torn"]): string {
  return torn ? "no release whole: a switch was cut short, or is under way" : "nothing of it is deployed here";
}

function hostLines({ host, region, problem, projects }: VerifiedHost, style: Style): string[] {
  const rows = projects.flatMap(({ project, release, torn, differences }) =>
    release === undefined
      ? [["missing", project, nothingText(torn), ""]]
      : differences.map((difference) => differenceRow(project, differenceCells(difference))),
  );
  const name = region === undefined ? host : `${region}/${host}`;
  const what = problem === undefined ? name : hostProblem(host, problem);
  return [`${style.red(style.bad)} ${what}`, ...columns(rows, { indent: 4, gap: 3 })];
}

function downLines({ down }: VerifyReport, style: Style): string[] {
  return down.map(({ host, region, down }) => {
    const name = region === undefined ? host : `${region}/${host}`;
    return `${style.yellow("!")} ${name}   not asked: ${harmless(down)}`;
  });
}

function differenceRow(project: string, [kind, path, what]: readonly [string, string, string]): string[] {
  return [kind, project, path, what];
}

/** What differs, what is exact and of another release, who could not be asked; each with what heals it. */
function summary(
  report: VerifyReport,
  { rest, typed }: { rest: readonly VerifiedHost[]; typed: TypedVerify },
): string[] {
  const { instance, hosts } = report;
  if (rest.length === 0) return [`${instance}: ${holdsText(hosts.length, allHeld(hosts))}.`];
  const differing = rest.filter(isDifferent);
  const odd = rest.filter((host) => isOdd(host) && !isDifferent(host));
  const unchecked = rest.length - differing.length - odd.length;
  const paths = differing.flatMap(({ projects }) => projects.flatMap(({ differences }) => differences)).length;
  const of = count(hosts.length, "host");
  const differ = `${differing.length} of ${of} ${differing.length === 1 ? "differs" : "differ"}${paths === 0 ? "" : ` in ${count(paths, "path")}`}.`;
  const others = `${odd.length} of ${of} ${odd.length === 1 ? "is" : "are"} exact, but of another release than others.`;
  return [
    ...(differing.length === 0 ? [] : healLines(differ, report, { hosts: differing, typed })),
    ...(odd.length === 0 ? [] : alikeLines(others, report, { hosts: odd, typed })),
    ...(unchecked === 0 ? [] : [`${unchecked} of ${of} could not be checked.`]),
  ];
} // biome-ignore format: a line each

function isOdd({ problem }: VerifiedHost): boolean {
  return problem?.code === "ODD_RELEASE";
}

function allHeld(hosts: readonly VerifiedHost[]): { project: string; version: string; release: string }[] {
  const projects = hosts.flatMap((host) => host.projects);
  const first = new Map(
    projects.toReversed().map(({ project, version = "", release = "" }) => [project, { project, version, release }]),
  );
  return [...first.values()].toReversed();
}
