import { didYouMean, FacsimileError, type InstanceName, type ProjectName, RESERVED_NAMES } from "@facsimile/core";
import { instancePart, type Layer, type Link, layerOf, layersOf, linksOf } from "./chain.ts";
import { type Conglomerate, defineRoot, filesOf, instanceNames, isInRepo } from "./conglomerate.ts";
import { deriveSteps } from "./derive.ts";
import type { Files } from "./files.ts";
import { checkKeys } from "./layer-keys.ts";
import { checkOverlays, moduleTexts, readModules, type WrittenModules } from "./module-files.ts";
import { DEFAULTS } from "./normalise.ts";
import { projectsIn } from "./projects.ts";
import type { Root } from "./roots.ts";
import { setLayer } from "./set.ts";
import { installText, sourceRoot } from "./source-root.ts";
import { type OnProblem, type Step, stepsOf } from "./steps.ts";
import type { ResolveOptions } from "./types.ts";
import { entryOf, type ValueMap } from "./value.ts";

/** All that an instance inherits, before anything is folded. */
export interface InstanceChain {
  /** Weakest first. */
  readonly layers: readonly Layer[];
  readonly written: WrittenModules;
  readonly project: ProjectName | undefined;
  /** The project's definitions live in its source, which may set everything. */
  readonly sourceDefines: boolean;
  /** All files of modules are here, the source's too. */
  readonly complete: boolean;
  /** Those read, as people see them: layers in their order, then modules. */
  readonly files: readonly string[];
  /** Where layers were looked for, missing ones in their places. */
  links(): readonly Link[];
}

/** @throws `UNKNOWN_INSTANCE`, `UNKNOWN_PROJECT`, and what reading the files throws */
export function instanceChain(conglomerate: Conglomerate, options: ResolveOptions): InstanceChain {
  const { instance, project, source, set = [] } = options;
  checkReserved(instance);
  const define = defineRoot(conglomerate);
  const projects = projectsIn(layersOf([define], { instance }));
  checkNames(define, { instance, project, projects });

  const files = filesOf(conglomerate);
  const sourceDefines = project !== undefined && entryOf(projects[project], "definitions") === "source";
  const roots = rootsOf(conglomerate, { define, source, files });
  if (source !== undefined || !sourceDefines) checkInstance(roots, { instance, projects });

  const install = source === undefined ? [] : installLayer(source, files);
  const layers = [DEFAULT_LAYER, ...layersOf(roots, { instance, project }), ...install, ...set.map(setLayer)];
  const modules = moduleTexts(roots);
  return {
    layers,
    written: readModules(...modules),
    files: [...new Set([...layers, ...modules].flatMap(({ source }) => source?.file ?? []))],
    project,
    sourceDefines,
    complete: source !== undefined || project === undefined,
    links: () => linksOf(roots, { instance, project }),
  };
}

/** The steps of the chain, weakest first, with everything reported that can be said before they are folded. */
export function stepsIn(chain: InstanceChain, onProblem: OnProblem): readonly Step[] {
  const { written, project, sourceDefines, complete } = chain;
  const parts = chain.layers.map((layer) => stepsOf(layer));
  const steps = parts.flatMap((part) => part.steps);
  for (const problem of [...parts, written].flatMap(({ problems }) => problems)) onProblem(problem);
  checkKeys(steps, { sourceDefines, onProblem });
  if (complete) checkOverlays(steps, { ...written, onProblem });
  return deriveSteps(steps, { project, written });
}

const DEFAULT_LAYER: Layer = {
  name: "defaults",
  root: "defaults",
  role: "defaults",
  source: undefined,
  at: [],
  body: DEFAULTS,
};

/** A repository that carries its own definitions is read from the checkout alone. */
function rootsOf(
  conglomerate: Conglomerate,
  { define, source, files }: { define: Root; source: string | undefined; files: Files },
): readonly Root[] {
  if (source === undefined) return [define];
  const inRepo = isInRepo(conglomerate);
  const own = sourceRoot(source, { files, kind: inRepo ? "conglomerate" : "source" });
  if (own === undefined) return [define];
  return inRepo ? [own] : [own, define];
}

function installLayer(source: string, files: Files): readonly Layer[] {
  const text = installText(source, files);
  return text === undefined ? [] : [layerOf(text, { root: "source", role: "install" })];
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
  if (project !== undefined && !Object.hasOwn(projects, project)) throw unknownProject(project, Object.keys(projects));
  const part = instance.parts.find((each) => Object.hasOwn(projects, each));
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
