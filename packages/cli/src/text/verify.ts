import { formatProblem } from "@facsimile/core";
import type { Difference, Entry } from "@facsimile/manifest";
import type { VerifiedHost, VerifyReport } from "@facsimile/pipeline";
import { holdsText, short } from "./plan.ts";
import { columns, count, type Style } from "./style.ts";

/** Which hosts hold exactly what was deployed, and how the others differ. */
export function verifyText(report: VerifyReport, style: Style): string {
  const exact = report.hosts.filter(isExact);
  const rest = report.hosts.filter((host) => !isExact(host));
  const lines = [
    ...exactLines(exact, style),
    ...rest.flatMap((host) => hostLines(host, style)),
    summary(report, { rest, style }),
  ];
  return `${lines.join("\n")}\n`;
}

export function isExact({ problem, projects }: VerifiedHost): boolean {
  return (
    problem === undefined &&
    projects.every(({ release, differences }) => release !== undefined && differences.length === 0)
  );
}

function exactLines(hosts: readonly VerifiedHost[], style: Style): string[] {
  const groups = new Map<string, string[]>();
  for (const { host, projects } of hosts) {
    const held = projects
      .map(({ project, version, release }) => `${project} ${version} (${short(release ?? "")})`)
      .join(", ");
    groups.set(held, [...(groups.get(held) ?? []), host]);
  }
  return [...groups].map(([held, names]) => `${style.green(style.ok)} ${names.join(" ")}   exactly ${held}`);
}

function hostLines({ host, problem, projects }: VerifiedHost, style: Style): string[] {
  const rows = projects.flatMap(({ project, release, differences }) =>
    release === undefined
      ? [[`${project}`, "is not deployed here", ""]]
      : differences.map((difference) => cells(difference)),
  );
  return [
    `${style.red(style.bad)} ${host}${problem === undefined ? "" : `   ${formatProblem(problem)}`}`,
    ...columns(rows, { indent: 4, gap: 3 }),
  ];
}

function cells({ kind, path, expected, actual }: Difference): [string, string, string] {
  return [kind, path, { missing: "not there", extra: "does not belong there", changed: changedText(expected, actual), mode: modeText(expected, actual), type: `is a ${actual?.type}, should be a ${expected?.type}`, target: "points elsewhere" }[kind]]; // biome-ignore format: one line
}

function changedText(expected: Entry | undefined, actual: Entry | undefined): string {
  if (expected?.type !== "file" || actual?.type !== "file") return "";
  return expected.size === actual.size
    ? `${actual.size} B, same size, other bytes`
    : `${actual.size} B, should be ${expected.size} B`;
}

function modeText(expected: Entry | undefined, actual: Entry | undefined): string {
  if (expected === undefined || actual === undefined || expected.type === "link" || actual.type === "link") return "";
  return `${octal(actual.mode)}, should be ${octal(expected.mode)}`;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

function summary({ instance, hosts }: VerifyReport, { rest }: { rest: readonly VerifiedHost[]; style: Style }): string {
  const [first] = hosts;
  if (rest.length === 0 && first !== undefined) {
    const projects = first.projects.map(({ project, version = "", release = "" }) => ({ project, version, release }));
    return `${instance}: ${holdsText(hosts.length, projects)}.`;
  }
  const paths = rest.flatMap(({ projects }) =>
    projects.flatMap(({ differences }) => differences.map(({ path }) => path)),
  );
  const unasked = rest.filter(({ problem }) => problem !== undefined).length;
  const differing = rest.length - unasked;
  const parts = [
    ...(differing > 0
      ? [
          `${differing} of ${count(hosts.length, "host")} ${differing === 1 ? "differs" : "differ"} in ${count(paths.length, "path")}.`,
        ]
      : []),
    ...(unasked > 0 ? [`${count(unasked, "host")} could not be checked.`] : []),
  ];
  return `${parts.join(" ")} ${differing > 0 ? `Heal: facs deploy ${instance}` : ""}`.trimEnd();
}
