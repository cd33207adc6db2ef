import { releaseCounts, type VerifiedHost, type VerifyReport } from "@facsimile/pipeline";
import { givenOptions, type MeantWords, meantWords } from "../confirm.ts";
import { hostFilterText } from "../options.ts";
import { shellWord } from "./diff.ts";
import { harmless } from "./value.ts";
import { groupBy, short } from "./words.ts";

/** What was asked. Default: all of the instance. */
export type TypedVerify = Pick<MeantWords, "projects" | "options">;

interface Healed {
  /** Those to heal. */
  readonly hosts: readonly VerifiedHost[];
  readonly typed: TypedVerify;
}

/**
 * The deploys that bring differing hosts back to the version that they hold, the first on the line of `what`. After a rollback
 * that is not the one of the definitions, and a deploy that names none would undo it.
 */
export function healLines(what: string, report: VerifyReport, { hosts, typed }: Healed): string[] {
  const each = hosts.flatMap((host) => healWords(host, report, typed).map((words) => ({ words, host })));
  const commands = [...groupBy(each, ({ words }) => words.join(" "))].map(([, group]) => {
    const some = group.map(({ host }) => host.host);
    return deployText(report, { ...typed, projects: group[0]?.words ?? [] }, some.length === report.hosts.length ? undefined : some); // biome-ignore format: one line
  });
  const apart = report.projects.filter((one) => hosts.some(({ projects }) => projects.some((held) => isApart(held, [one])))); // biome-ignore format: one line
  const lines = commands.map((command, index) => (index === 0 ? `${what} Heal: ${command}` : `  and: ${command}`));
  return [...lines, ...saidLines(apart)];
}

/** What each command for the host names: all that was typed, or, where it holds another version, what differs there. */
function healWords({ projects }: VerifiedHost, { projects: defined }: VerifyReport, typed: TypedVerify): (readonly string[])[] {
  if (!projects.some((held) => isApart(held, defined))) return [typed.projects];
  const bad = projects.filter(({ release, differences }) => release === undefined || differences.length > 0);
  const trees = bad.filter(isOfTree);
  const others = bad.filter((held) => !isOfTree(held)).map((held) => wordOf(held, defined));
  return [...(others.length === 0 ? [] : [others]), ...trees.map(({ project }) => [project, "--src-dir", "DIR"])];
} // biome-ignore format: the signature is one line

type Held = Pick<VerifiedHost["projects"][number], "project" | "version">;

function isApart({ project, version }: Held, defined: VerifyReport["projects"]): boolean {
  const said = defined.find((one) => one.project === project)?.version;
  return version !== undefined && said !== undefined && version !== said;
}

/** No repository has such a version: `--src-dir` made it. */
function isOfTree({ version }: Held): boolean {
  return version === "dev" || version?.endsWith("+dev") === true;
}

function wordOf(held: Held, defined: VerifyReport["projects"]): string {
  return isApart(held, defined) ? shellWord(harmless(`${held.project}@${held.version}`)) : held.project;
}

function deployText({ instance }: VerifyReport, { projects, options }: TypedVerify, hosts?: readonly string[]): string {
  const only = hosts === undefined ? options : { ...(options.root === undefined ? {} : { root: options.root }), hosts };
  return `facs deploy ${meantWords({ instance, projects, options: only })}`;
}

function saidLines(apart: VerifyReport["projects"]): string[] {
  if (apart.length === 0) return [];
  const said = apart.map(({ project, version }) => `${project} ${harmless(version)}`).join(", ");
  return [`  The definitions say ${said}: a deploy that names no version brings that.`];
}

/** What makes exact hosts of several releases alike: the deploy, of the version that most hold, and the rollbacks to their releases. */
export function alikeLines(what: string, report: VerifyReport, { hosts, typed }: Healed): string[] {
  const names = new Set(hosts.flatMap(({ projects }) => projects.map(({ project }) => project)));
  const counts = [...names].map((project) => ({ project, counts: releaseCounts(project, report.hosts) }));
  const most = counts.flatMap(({ project, counts: [first, ...others] }) => first === undefined || others.length === 0 ? [] : [{ project, ...first }]); // biome-ignore format: one line
  const apart = report.projects.filter((one) => most.some((held) => isApart(held, [one])));
  const projects = apart.length === 0 ? typed.projects : most.map((held) => wordOf(held, report.projects));
  const { instance } = report;
  const given = [hostFilterText(typed.options), ...givenOptions({ root: typed.options.root })].join(" ");
  return [
    `${what} To make all alike: ${deployText(report, { ...typed, projects })}`,
    ...saidLines(apart),
    ...most.map(({ project, release }) => `  or, to the release that most hold: facs rollback ${instance} ${project} ${short(release)}${given}`),
  ]; // biome-ignore format: a line each
}
