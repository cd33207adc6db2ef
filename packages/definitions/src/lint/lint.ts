import { type Environment, type FacsimileError, isFacsimileError, type ProjectName, problemsOf } from "@facsimile/core"; // biome-ignore format: one line
import { layersOf } from "../layers/chain.ts";
import { type Conglomerate, defineRoot, listInstances } from "../layers/conglomerate.ts";
import { projectsIn } from "../layers/projects.ts";
import type { Warning } from "../types.ts";
import { Unique } from "../unique.ts";
import { entryOf } from "../value.ts";
import { type Allowed, withoutAllowed } from "./allowed.ts";
import { unusedHosts } from "./hosts.ts";
import { IdleDirectives } from "./idle.ts";
import { brokenFiles, unusedLayers } from "./layers.ts";
import { idleRolling } from "./policy.ts";
import { Redundancy } from "./redundant.ts";
import { clearSecrets } from "./secrets.ts";
import { type Subject, subjectsOf } from "./subjects.ts";
import { hostsTwice } from "./twice.ts";
import { UnusedViews } from "./views.ts";

export interface LintOptions {
  /** For `${env:NAME}` of local instances. Default: empty. */
  readonly env?: Environment | undefined;
}

/** What a whole conglomerate looks like to a careful reader. */
export interface LintReport extends Allowed {
  /** Those that were looked at, in byte order; a layer that only others extend is none. */
  readonly instances: readonly string[];
  /** Those whose definitions are here. */
  readonly projects: readonly string[];
  /** What keeps an instance from being deployed, by file and line. */
  readonly problems: readonly LintProblem[];
}

export interface LintProblem {
  readonly error: FacsimileError;
  /** Those that have it; empty where it is the files' own. */
  readonly instances: readonly string[];
}

/**
 * Resolves every instance, for every project that it has a version of, and says all that is wrong or odd: problems,
 * directives that hit nothing in any chain, values equal to what they inherit in every chain, layers, views and hosts that
 * nobody uses, hosts with two names, keys that the policy does not heed, secrets in clear, old keys. What several chains share is told once. The sources' own definitions, which lie
 * beneath the conglomerate's, are not read. A comment `lint-allow CODE` accepts a finding in its line or the next.
 *
 * @throws nothing but bugs: what cannot be read is among the problems
 */
export async function lint(conglomerate: Conglomerate, { env = {} }: LintOptions = {}): Promise<LintReport> {
  const broken = brokenFiles(conglomerate).map((error) => ({ error, instances: [] }));
  try {
    const projects = ownProjects(conglomerate);
    const instances = await listInstances(conglomerate);
    const subjects = await subjectsOf(conglomerate, { instances, projects, env });
    const findings = [...findingsOf(subjects), ...unusedLayers(conglomerate, subjects)];
    return {
      instances: [...new Set(subjects.map(({ instance }) => instance.full))],
      projects,
      problems: sortedProblems([...broken, ...problemsIn(subjects)]),
      ...withoutAllowed(sorted(findings), conglomerate),
    };
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    const own = problemsOf(error).map((each) => ({ error: each, instances: [] }));
    return { instances: [], projects: [], problems: sortedProblems([...broken, ...own]), findings: [], allowed: 0 };
  }
}

/** Without those whose definitions live in their sources. */
function ownProjects(conglomerate: Conglomerate): readonly ProjectName[] {
  const known = projectsIn(layersOf(defineRoot(conglomerate), {}));
  return Object.keys(known).filter((name) => entryOf(known[name], "definitions") !== "source") as ProjectName[];
}

/** What only projects see counts with them: the chain of an instance without a project is deployed by nobody. */
function findingsOf(subjects: readonly Subject[]): readonly Warning[] {
  const withProjects = new Set(subjects.flatMap(({ instance, project }) => (project === undefined ? [] : instance)));
  const looks = subjects.filter(({ instance, project }) => project !== undefined || !withProjects.has(instance));
  const finders = [new Redundancy(), new IdleDirectives(), new UnusedViews()];
  for (const subject of looks) for (const finder of finders) finder.look(subject);
  const steps = [...new Set(subjects.flatMap((subject) => subject.steps))];
  return [
    ...subjects.flatMap(({ warnings }) => warnings).filter((each) => !isByFinders(each)),
    ...finders.flatMap((finder) => finder.findings()),
    ...unusedHosts(subjects),
    ...hostsTwice(subjects),
    ...idleRolling(subjects),
    ...clearSecrets(steps),
  ];
}

/** What is found here over all chains; a definition alone cannot know. */
function isByFinders({ code }: Warning): boolean {
  return ["DIRECTIVE_IDLE", "VIEW_UNUSED", "HOST_UNUSED"].includes(code);
}

function problemsIn(subjects: readonly Subject[]): readonly LintProblem[] {
  const found = new Map<string, { error: FacsimileError; instances: Set<string> }>();
  for (const { instance, problems } of subjects) {
    for (const error of problems) {
      const id = JSON.stringify([error.code, error.message, error.position]);
      const known = found.get(id) ?? { error, instances: new Set() };
      known.instances.add(instance.full);
      found.set(id, known);
    }
  }
  return [...found.values()].map(({ error, instances }) => ({ error, instances: [...instances] }));
}

/** What the files themselves have wrong comes again from each instance that reads them. */
function sortedProblems(problems: readonly LintProblem[]): readonly LintProblem[] {
  const once = new Map(problems.map((each) => [JSON.stringify([each.error.code, each.error.message, each.error.position]), each])); // biome-ignore format: one line
  return [...once.values()].sort((a, b) => byPlace(a.error, b.error));
}

function sorted(findings: readonly Warning[]): readonly Warning[] {
  const once = new Unique<Warning>();
  for (const finding of findings) once.add(finding);
  return [...once.all].sort(byPlace);
}

type Placed = Pick<Warning, "position">;

/** What has no place comes last. */
function byPlace({ position: a }: Placed, { position: b }: Placed): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
