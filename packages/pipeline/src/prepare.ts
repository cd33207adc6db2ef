import {
  FacsimileError,
  type InstanceName,
  type Position,
  type ProjectName,
  parseInstance,
  parseProjectSpec,
  throwProblems,
} from "@facsimile/core";
import {
  type Conglomerate,
  type Definition,
  findConglomerate,
  type Host,
  listProjects,
  resolve,
} from "@facsimile/definitions";
import { build } from "./build.ts";
import { type Checkout, checkout } from "./checkout.ts";
import type { PipelineContext } from "./context.ts";
import { notYet } from "./not-yet.ts";

/** What a command asks for, as the user wrote it. */
export interface CopyRequest {
  /** `staging`, `dev.dev0`. */
  readonly instance: string;
  /** `storefront` or `storefront@1.1.0`. Default: every project of the instance. */
  readonly projects?: readonly string[] | undefined;
  /** `path=value` pairs that win over every file. */
  readonly set?: readonly string[] | undefined;
}

/** The instance before any source is read: which hosts, and which projects in which versions. */
export interface Outline {
  readonly conglomerate: Conglomerate;
  readonly instance: InstanceName;
  readonly definition: Definition;
  readonly projects: readonly WantedProject[];
  /** Those of the wanted projects, without the ones that are declared down. */
  readonly hosts: readonly Host[];
  readonly down: readonly Host[];
  readonly set: readonly string[];
}

export interface WantedProject {
  readonly project: ProjectName;
  readonly version: string;
  /** The command line names another version than the definition. */
  readonly edited: boolean;
  /** Where the definition writes the version. */
  readonly position: Position | undefined;
  readonly definition: Definition;
}

/** A project whose sources are here and built. */
export interface PreparedProject extends WantedProject {
  readonly source: Checkout;
  readonly build: string;
}

/** @throws All problems of the definition; `VERSION_MISSING`, `UNKNOWN_PROJECT`, `UNKNOWN_INSTANCE` */
export async function outline(request: CopyRequest, context: PipelineContext): Promise<Outline> {
  const conglomerate = await findConglomerate(context.root);
  const instance = parseInstance(request.instance);
  const specs = (request.projects ?? []).map(parseProjectSpec);
  const edits = specs.flatMap(({ project, version }) =>
    version === undefined ? [] : [`versions.${project}=${JSON.stringify(version)}`],
  );
  const set = [...(request.set ?? []), ...edits];
  const resolveFor = (more: object) => resolve(conglomerate, { instance, set, env: context.env, ...more });
  const definition = await resolveFor({});
  throwProblems(notYet(definition));
  for (const { code, message, hint } of definition.warnings)
    context.onEvent({ type: "warning", message: `${code}: ${message}`, ...(hint ? { hint } : {}) });
  const names = specs.length > 0 ? specs.map(({ project }) => project) : await deployed(conglomerate, definition);
  const projects = await Promise.all(
    names.map(async (project) => {
      const edited = specs.some((spec) => spec.project === project && spec.version !== undefined);
      return wanted(project, { edited, definition: await resolveFor({ project }) });
    }),
  );
  throwProblems(projects.flatMap((found) => (found instanceof FacsimileError ? [found] : [])));
  const found = projects.flatMap((project) => (project instanceof FacsimileError ? [] : [project]));
  const mine = new Set(found.flatMap((project) => project.definition.hosts.map(({ name }) => name)));
  const hosts = inWrittenOrder(definition).filter(({ name }) => mine.has(name));
  return {
    conglomerate,
    instance,
    definition,
    projects: found,
    set,
    hosts: hosts.filter(isUp),
    down: hosts.filter((host) => !isUp(host)),
  };
}

/** Checks out and builds what the outline names, side by side. */
export async function prepare(
  { projects, conglomerate, instance, set }: Outline,
  context: PipelineContext,
): Promise<PreparedProject[]> {
  const work = projects.map(async (wanted) => {
    const { project, version } = wanted;
    const source = await checkout(checkoutRequest(wanted), context);
    const definition = await resolve(conglomerate, { instance, set, env: context.env, project, source: source.dir });
    throwProblems(notYet(definition));
    const commands = definition.values.build?.run ?? [];
    const built = await build({ instance: instance.full, project, version, source, commands }, context);
    return { ...wanted, definition, source, build: built };
  });
  await Promise.allSettled(work);
  return Promise.all(work);
}

/** As `hosts` of the definition lists them: its author's order is the one that people know. */
function inWrittenOrder({ values, hosts }: Definition): readonly Host[] {
  const order = new Map(Object.keys(values.hosts ?? {}).map((name, index) => [name, index]));
  const rank = ({ name }: Host) => order.get(name) ?? order.size;
  return hosts.toSorted((a, b) => rank(a) - rank(b));
}

export function isUp(host: Host): boolean {
  return host.down === undefined;
}

/** Every project with a version here: an instance need not have them all. */
async function deployed(conglomerate: Conglomerate, { values, instance }: Definition): Promise<readonly ProjectName[]> {
  const projects = await listProjects(conglomerate);
  const named = projects.filter((project) => values.versions?.[project] !== undefined);
  if (named.length > 0) return named;
  throw new FacsimileError("VERSION_MISSING", `${instance.full} has no version of any project`, {
    hint: `Set versions.${projects[0] ?? "<project>"} in define/${instance.full}.json5.`,
  });
}

function wanted(
  project: ProjectName,
  { edited, definition }: { edited: boolean; definition: Definition },
): WantedProject | FacsimileError {
  const version = definition.values.versions?.[project];
  if (version === undefined) {
    return new FacsimileError("VERSION_MISSING", `${definition.instance.full} says no version of ${project}`, {
      hint: `Name one: facs deploy ${definition.instance.full} ${project}@VERSION`,
    });
  }
  const position = edited ? undefined : definition.origin(["versions", project])?.position;
  return { project, version, edited, definition, position };
}

function checkoutRequest({ project, version, definition }: WantedProject): Parameters<typeof checkout>[0] {
  const described = definition.values.projects?.[project];
  const position = definition.origin(["projects", project, "repo"])?.position;
  if (described?.repo !== undefined)
    return { project, version, repo: described.repo, subfolder: described.path, position };
  throw new FacsimileError("NO_SOURCE", `projects.${project} names no repository`, {
    position: definition.origin(["projects", project])?.position,
    hint: `Set projects.${project}.repo to what git can clone.`,
  });
}
