import { didYouMean, type Environment, FacsimileError, type InstanceName, type ProjectName, RESERVED_NAMES } from "@facsimile/core"; // biome-ignore format: one line
import { instancePart, type Layer, layersOf } from "./chain.ts";
import { type Conglomerate, defineRoot, filesOf, instanceNames } from "./conglomerate.ts";
import { moduleFiles } from "./module-files.ts";
import { DEFAULTS } from "./normalise.ts";
import { projectsIn } from "./projects.ts";
import type { Root } from "./roots.ts";
import { setLayer } from "./set.ts";
import { installLayer, sourceRoot } from "./source-root.ts";
import type { Definition } from "./types.ts";
import { entryOf, type ValueMap } from "./value.ts";

export interface ResolveOptions {
  readonly instance: InstanceName;
  /** Without it: what holds for all projects, and all hosts. */
  readonly project?: ProjectName | undefined;
  /** The project's checkout, absolute; without it the conglomerate alone is read, which gives repository and version. */
  readonly source?: string | undefined;
  /** `path=value`, strongest last; the value is JSON5, else a text. */
  readonly set?: readonly string[] | undefined;
  /** The controller's system, for `"@system:…"` in {@link Definition.values}. Default `linux`. */
  readonly system?: string | undefined;
  /** For `${env:NAME}` of local instances. Default: empty. */
  readonly env?: Environment | undefined;
}

/**
 * Folds and checks the definition of an instance.
 *
 * @throws `UNKNOWN_INSTANCE`, `UNKNOWN_PROJECT`, or everything that is wrong with the definition at once.
 */
export async function resolve(conglomerate: Conglomerate, options: ResolveOptions): Promise<Definition> {
  const { instance, project, source, set = [] } = options;
  checkReserved(instance);
  const files = filesOf(conglomerate);
  const define = defineRoot(conglomerate, files);
  const own = layersOf([define], { instance });
  const projects = projectsIn(own);
  checkNames(define, { instance, project, projects });

  const sourceDefines = project !== undefined && entryOf(projects[project], "definitions") === "source";
  const origin = source === undefined ? undefined : sourceRoot(source, files);
  const roots = origin === undefined ? [define] : [origin, define];
  if (source !== undefined || !sourceDefines) checkInstance(roots, { instance, projects });

  const defaults: Layer = {
    name: "defaults",
    root: "defaults",
    role: "defaults",
    source: undefined,
    at: [],
    body: DEFAULTS,
  };
  const install = source === undefined ? [] : installLayer(source, files);
  const chain = layersOf(roots, { instance, project });
  const layers = [defaults, ...chain, ...install, ...set.map(setLayer)];
  const complete = source !== undefined || project === undefined;
  // The schema's library takes longer to load than Node to start: it waits until there is something to check.
  const { buildDefinition } = await import("./definition.ts");
  return buildDefinition(layers, { ...options, modules: moduleFiles(roots), sourceDefines, complete });
}

interface Names {
  readonly instance: InstanceName;
  readonly project: ProjectName | undefined;
  readonly projects: ValueMap;
}

/** `local.<user>` is a person's own copy; no other instance has a reserved name. */
function checkReserved(instance: InstanceName): void {
  const isLocal = instance.parts[0] === "local" && instance.parts.length > 1;
  const reserved: readonly string[] = RESERVED_NAMES;
  const part = instance.parts.slice(isLocal ? 1 : 0).find((each) => reserved.includes(each));
  if (part !== undefined) throw unknownInstance(instance, { known: [], why: `the name ${part} is reserved` });
}

function checkNames(define: Root, { instance, project, projects }: Names): void {
  const known = Object.keys(projects);
  if (project !== undefined && !known.includes(project)) throw unknownProject(project, known);
  const part = instance.parts.find((each) => known.includes(each));
  if (part !== undefined) throw nameOfProject(instance, { part, define });
}

/** The last part must be written somewhere: a mistyped instance never gets the defaults. */
function checkInstance(roots: readonly Root[], { instance, projects }: Omit<Names, "project">): void {
  if (roots.some((root) => instancePart(root, instance.parts) !== undefined)) return;
  const names = roots.flatMap((root) => instanceNames(root.names(), new Set(Object.keys(projects))));
  throw unknownInstance(instance, { known: [...new Set(names.map(({ full }) => full))], why: "no file defines it" });
}

function unknownInstance(
  { full }: InstanceName,
  { known, why }: { known: readonly string[]; why: string },
): FacsimileError {
  const near = didYouMean(full, known);
  const all = known.length === 0 ? undefined : `Instances are ${known.join(", ")}.`;
  const hint = near === undefined ? all : `Did you mean ${near}?`;
  return new FacsimileError("UNKNOWN_INSTANCE", `there is no instance ${full}: ${why}`, { hint });
}

function unknownProject(project: string, known: readonly string[]): FacsimileError {
  const near = didYouMean(project, known);
  const all =
    known.length === 0 ? "Name it under projects in define/facsimile.json5." : `Projects are ${known.join(", ")}.`;
  return new FacsimileError("UNKNOWN_PROJECT", `there is no project ${project}`, {
    hint: near === undefined ? all : `Did you mean ${near}?`,
  });
}

function nameOfProject(instance: InstanceName, { part, define }: { part: string; define: Root }): FacsimileError {
  const known = instanceNames(define.names(), new Set([part])).map(({ full }) => full);
  return unknownInstance(instance, { known, why: `${part} is a project` });
}
