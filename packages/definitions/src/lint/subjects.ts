import { type Environment, type FacsimileError, type InstanceName, isFacsimileError, type ProjectName, problemsOf } from "@facsimile/core"; // biome-ignore format: one line
import { requireDeployable } from "../checks/deployable.ts";
import type { Conglomerate } from "../layers/conglomerate.ts";
import { type InstanceChain, instanceChain, stepsIn } from "../layers/instance-chain.ts";
import { stepsFor, type Viewer } from "../layers/views.ts";
import { foldValues } from "../merge/fold.ts";
import type { Layer, Step } from "../merge/steps.ts";
import type { Definition, Host, Warning } from "../types.ts";
import { Unique } from "../unique.ts";
import { entryOf, valueAt } from "../value.ts";

/** One instance, for one project or for all, as far as it can be read. */
export interface Subject {
  readonly instance: InstanceName;
  readonly project: ProjectName | undefined;
  /** Undefined where its files cannot be read. */
  readonly chain: InstanceChain | undefined;
  /** Empty where its files cannot be read. */
  readonly steps: readonly Step[];
  /** Undefined where it has problems. */
  readonly definition: Definition | undefined;
  readonly problems: readonly FacsimileError[];
  readonly warnings: readonly Warning[];
}

/** Finds something over many chains. */
export interface Finder {
  look(subject: Subject): void;
  findings(): readonly Warning[];
}

export interface SubjectsOptions {
  readonly instances: readonly InstanceName[];
  readonly projects: readonly ProjectName[];
  readonly env: Environment;
}

/**
 * Every instance without a project, and with each project that it has a version of; a project that none has a version of,
 * with every instance: its version may come with the deploy. Layers that are only there to be extended are no instances.
 */
export async function subjectsOf(
  conglomerate: Conglomerate,
  { instances, projects, env }: SubjectsOptions,
): Promise<readonly Subject[]> {
  // The schema's library is slow to load, and this file is read by all who load the package.
  const { buildDefinition } = await import("../definition.ts");
  const look = (instance: InstanceName, project?: ProjectName) =>
    subjectOf(conglomerate, { instance, project, env, build: buildDefinition });
  const all = instances.map((instance) => look(instance));
  const parents = new Set(all.flatMap(({ chain }) => (chain === undefined ? [] : parentsIn(chain))));
  const own = all.filter((subject) => !isOnlyParent(subject, parents));
  const versions = new Map(own.map((subject) => [subject, versionsIn(subject)]));
  const versioned = new Set([...versions.values()].flat());
  return own.flatMap((subject) => {
    const mine = projects.filter((name) => !versioned.has(name) || versions.get(subject)?.includes(name));
    return [subject, ...mine.map((project) => look(subject.instance, project))];
  });
}

interface SubjectOptions extends Pick<Subject, "instance" | "project"> {
  readonly env: Environment;
  readonly build: (chain: InstanceChain, options: SubjectOptions) => Definition;
}

function subjectOf(conglomerate: Conglomerate, options: SubjectOptions): Subject {
  const { instance, project } = options;
  const problems = new Unique<FacsimileError>();
  const tell = (error: unknown) => {
    if (!isFacsimileError(error)) throw error;
    for (const problem of problemsOf(error)) problems.add(problem);
  };
  const chain = attempt(() => instanceChain(conglomerate, { instance, project }), tell);
  const silent = { onProblem: tell, onWarning: () => undefined };
  const steps = chain && attempt(() => stepsIn(chain, silent).steps, tell);
  const definition = chain && attempt(() => options.build(chain, options), tell);
  if (definition !== undefined && hasVersion(definition)) attempt(() => requireDeployable(definition), tell);
  const warnings = definition?.warnings ?? [];
  return { instance, project, chain, steps: steps ?? [], definition, problems: problems.all, warnings };
}

function attempt<T>(work: () => T, tell: (error: unknown) => void): T | undefined {
  try {
    return work();
  } catch (error) {
    tell(error);
    return undefined;
  }
}

/** Without a version, nothing of the project is deployed there yet. */
function hasVersion({ project, values }: Definition): boolean {
  return project !== undefined && values.versions?.[project] !== undefined;
}

function versionsIn({ steps }: Subject): readonly string[] {
  const { versions } = foldValues(stepsFor(steps, { system: "linux" }).map(({ values }) => values));
  return Object.keys(versions ?? {});
}

function parentsIn({ parts }: InstanceChain): readonly Layer["body"][] {
  return parts
    .flatMap(({ links }) => links)
    .flatMap(({ layers }) => layers.slice(0, -1))
    .map(({ body }) => body);
}

/** Others extend it, and it says neither what runs there nor where: it is written for them. */
function isOnlyParent({ chain }: Subject, parents: ReadonlySet<Layer["body"]>): boolean {
  const body = chain?.parts.at(-1)?.links.at(-1)?.layers.at(-1)?.body;
  if (body === undefined || !parents.has(body)) return false;
  return entryOf(body, "versions") === undefined && valueAt(body, ["deploy", "nodes"]) === undefined;
}

/** What the controller and each kind of host see, each choice of blocks once. */
export function choices({ steps, definition }: Pick<Subject, "steps" | "definition">): readonly (readonly Step[])[] {
  const hosts: readonly (Viewer | Host)[] = definition?.hosts ?? [];
  const found = new Map<string, readonly Step[]>();
  for (const viewer of [{ system: "linux" }, ...hosts]) {
    const seen = stepsFor(steps, viewer);
    const blocks = seen.filter(({ view }) => view !== undefined);
    found.set(blocks.map((step) => steps.indexOf(step)).join(" "), seen);
  }
  return [...found.values()];
}

/** What a step's values are known by in every chain: the file, and the block in it. */
export function stepId({ layer, view }: Step): string {
  return `${layer.name}\0${view?.kind ?? ""}:${view?.name ?? ""}`;
}
