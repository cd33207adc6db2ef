import { isOfTree, mostHeld, releaseCounts, type VerifiedHost, type VerifyReport } from "@facsimile/pipeline";
import { type MeantWords, meantWords } from "../confirm.ts";
import { shellWord } from "./diff.ts";
import { harmless } from "./value.ts";
import { groupBy } from "./words.ts";

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
export function healLines(what: string, report: VerifyReport, { hosts: differing, typed }: Healed): string[] {
  const hosts = differing.map((host) => ({ ...host, projects: host.projects.map((held) => asOthers(held, report)) }));
  const apart = report.projects.filter((one) => hosts.some(({ projects }) => projects.some((held) => isApart(held, [one])))); // biome-ignore format: one line
  const isNamed = apart.length > 0;
  const each = [...hosts].sort((a, b) => Number(isDefined(a, report)) - Number(isDefined(b, report)))
    .flatMap((host) => healWords(host, { isNamed, typed }).map((words) => ({ words, host }))); // biome-ignore format: two steps
  const commands = [...groupBy(each, ({ words }) => words.join(" "))].map(([, group]) => {
    const some = group.map(({ host }) => host.host);
    return deployText(report, { ...typed, projects: group[0]?.words ?? [] }, some.length === report.hosts.length ? undefined : some); // biome-ignore format: one line
  });
  const lines = commands.map((command, index) => (index === 0 ? `${what} Heal: ${command}` : `  and: ${command}`));
  return [...lines, ...saidLines(apart), elseLine(commands)];
}

/**
 * Where nothing of a project is deployed, it is to have the version that most hosts hold; where as many hold another, the one of the
 * definitions, by its name: a command before it may write another one there.
 */
function asOthers(held: Held, { projects, hosts }: VerifyReport): Held {
  if (held.release !== undefined) return held;
  const { project } = held;
  const counts = releaseCounts(project, hosts);
  const most = new Set(counts.filter((each) => each.hosts === counts[0]?.hosts).map(({ version }) => version));
  const version = most.size === 1 ? [...most][0] : projects.find((said) => said.project === project)?.version;
  return { ...held, version };
}

/** Its command comes last, so that the definitions say afterwards what they say now. */
function isDefined({ projects }: VerifiedHost, { projects: defined }: VerifyReport): boolean {
  return !projects.some((held) => isApart(held, defined));
}

/** What each command for the host names: all that was typed, or, where some host holds another version, what differs there. */
function healWords({ projects }: VerifiedHost, { isNamed, typed }: { isNamed: boolean; typed: TypedVerify }): (readonly string[])[] {
  if (!isNamed) return [typed.projects];
  const bad = projects.filter(({ release, differences }) => release === undefined || differences.length > 0);
  const trees = bad.filter(isOfTree);
  const others = bad.filter((held) => !isOfTree(held)).map(wordOf);
  return [...(others.length === 0 ? [] : [others]), ...trees.map(({ project }) => [project, "--src-dir", "DIR"])];
} // biome-ignore format: the signature is one line

type Held = VerifiedHost["projects"][number];
type Versioned = Pick<Held, "project" | "version">;

function isApart({ project, version }: Versioned, defined: VerifyReport["projects"]): boolean {
  const said = defined.find((one) => one.project === project)?.version;
  return version !== undefined && said !== undefined && version !== said;
}

function wordOf({ project, version }: Versioned): string {
  return version === undefined ? project : shellWord(harmless(`${project}@${version}`));
}

function deployText({ instance }: VerifyReport, { projects, options }: TypedVerify, hosts?: readonly string[]): string {
  const only = hosts === undefined ? options : { ...(options.root === undefined ? {} : { root: options.root }), hosts };
  return `facs deploy ${meantWords({ instance, projects, options: only })}`;
}

/** A deploy brings the values, templates and secrets of now: where these are others, more than what is to be healed. */
function elseLine([first = "", ...more]: readonly string[]): string {
  const plan = more.length > 0 ? "facs plan, with the same words" : first.replace(/^facs deploy /, "facs plan ");
  return `  What else ${more.length > 0 ? "they" : "it"} would bring, by the definitions of now: ${plan}`;
}

function saidLines(apart: VerifyReport["projects"]): string[] {
  if (apart.length === 0) return [];
  const said = apart.map(({ project, version }) => `${project} ${harmless(version)}`).join(", ");
  return [
    `  The definitions say ${said}: a deploy that names no version brings that, and one that names another writes it there.`,
  ];
}

/** What makes exact hosts of several releases alike: the deploy; and the one of the version that most hold, where that is another. */
export function alikeLines(what: string, report: VerifyReport, { hosts, typed }: Healed): string[] {
  const names = new Set(hosts.flatMap(({ projects }) => projects.map(({ project }) => project)));
  const counted = [...names].map((project) => ({ project, counts: releaseCounts(project, report.hosts) }));
  const most = mostHeld(counted.filter(({ counts }) => counts.length > 1), report.projects); // biome-ignore format: one line
  const line = `${what} To make all alike: ${deployText(report, typed)}`;
  if (most === undefined) return [line];
  const words = most.versions.map(wordOf);
  return [line, `  That brings what the definitions say. To have what ${most.isTied ? "others" : "most"} hold: ${deployText(report, { ...typed, projects: words })}`]; // biome-ignore format: one line
}
