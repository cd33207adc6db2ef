import {
  didYouMean,
  FacsimileError,
  type InstanceName,
  meantOr,
  type ProjectName,
  RESERVED_NAMES,
} from "@facsimile/core";
import { DEFAULTS } from "../checks/normalise.ts";
import type { Files } from "../files/files.ts";
import type { SourceFile } from "../files/source-file.ts";
import type { Layer } from "../merge/steps.ts";
import { type OnProblem, type Step, stepsOf } from "../merge/steps.ts";
import type { ResolveOptions, Warning } from "../types.ts";
import { readUserSchema, type UserSchema } from "../user-schema/user-schema.ts";
import { entryOf, isMap, kindOf, type ValueMap } from "../value.ts";
import { type Link, layerOf, linksOf } from "./chain.ts";
import { type Conglomerate, defineRoot, filesOf, instanceNames, isInRepo } from "./conglomerate.ts";
import { deriveSteps } from "./derive.ts";
import { checkKeys } from "./layer-keys.ts";
import { checkOverlays, moduleTexts, readModules, type WrittenModules } from "./module-files.ts";
import { projectsIn } from "./projects.ts";
import type { ModuleText, Root } from "./roots.ts";
import { setLayer } from "./set.ts";
import { installText, sourceRoot } from "./source-root.ts";
import { userWarnings } from "./user-keys.ts";

/** All that an instance inherits, before anything is folded. */
export interface InstanceChain {
  /** The source's, then the conglomerate's. */
  readonly parts: readonly ChainPart[];
  /** Weakest first. */
  readonly layers: readonly Layer[];
  readonly modules: readonly ModuleText[];
  readonly written: WrittenModules;
  /** The user's schema, where there is one. */
  readonly schema: SourceFile | undefined;
  readonly project: ProjectName | undefined;
  /** The project's definitions live in its source, which may set everything. */
  readonly sourceDefines: boolean;
  /** All files of modules are here, the source's too. */
  readonly complete: boolean;
}

/** What one root looked for and found. */
export interface ChainPart {
  readonly root: Root;
  readonly links: readonly Link[];
}

/** @throws `UNKNOWN_INSTANCE`, `UNKNOWN_PROJECT`, and what reading the files throws */
export function instanceChain(conglomerate: Conglomerate, options: ResolveOptions): InstanceChain {
  const { instance, project, source, set = [] } = options;
  checkReserved(instance);
  const define = defineRoot(conglomerate);
  const own = { root: define, links: linksOf(define, { instance, project }) };
  const ownLayers = own.links.flatMap(({ layers }) => layers);
  checkProjects(ownLayers);
  const projects = projectsIn(ownLayers);
  checkNames(define, { instance, project, projects });

  const files = filesOf(conglomerate);
  const sourceDefines = project !== undefined && entryOf(projects[project], "definitions") === "source";
  const parts = source === undefined ? [own] : partsOf(conglomerate, { own, source, files, options });
  if (source !== undefined || !sourceDefines) checkInstance(parts, { instance, projects });

  const install = source === undefined ? [] : installLayer(source, files);
  const layers = [DEFAULT_LAYER, ...parts.flatMap(({ links }) => links).flatMap((link) => link.layers)];
  const modules = moduleTexts(parts.map(({ root }) => root));
  return {
    parts,
    layers: [...layers, ...install, ...set.map(setLayer)],
    modules,
    written: readModules(...modules),
    schema: parts.at(-1)?.root.schema(),
    project,
    sourceDefines,
    complete: source !== undefined || project === undefined,
  };
}

/** The files read, as people see them: layers in their order, then modules and the user's schema. */
export function filesIn({ layers, modules, schema }: InstanceChain): readonly string[] {
  const read = [...layers, ...modules].flatMap(({ source }) => source ?? []);
  return [...new Set([...read, ...(schema === undefined ? [] : [schema])].map(({ file }) => file))];
}

export interface ChainSteps {
  readonly steps: readonly Step[];
  readonly user: UserSchema | undefined;
}

export interface Tell {
  readonly onProblem: OnProblem;
  onWarning(warning: Warning): void;
}

/** The steps of the chain, weakest first, with everything told that can be said before they are folded. */
export function stepsIn(chain: InstanceChain, { onProblem, onWarning }: Tell): ChainSteps {
  const { written, project, sourceDefines, complete, schema } = chain;
  const user = schema === undefined ? undefined : readUserSchema(schema, onProblem);
  const steps: Step[] = [];
  for (const layer of chain.layers) {
    const part = stepsOf(layer);
    steps.push(...part.steps);
    part.problems.forEach(onProblem);
  }
  written.problems.forEach(onProblem);
  checkKeys(steps, { sourceDefines, onProblem });
  if (complete) checkOverlays(steps, { ...written, onProblem });
  const given = steps.filter(({ layer }) => layer.role !== "defaults");
  if (user !== undefined) for (const step of given) userWarnings(step, user).forEach(onWarning);
  return { steps: deriveSteps(steps, { project, written, user }), user };
}

const DEFAULT_LAYER: Layer = {
  name: "defaults",
  root: "defaults",
  role: "defaults",
  source: undefined,
  at: [],
  body: DEFAULTS,
};

interface PartOptions {
  readonly own: ChainPart;
  readonly source: string;
  readonly files: Files;
  readonly options: ResolveOptions;
}

/** A repository that carries its own definitions is read from the checkout alone. */
function partsOf(conglomerate: Conglomerate, { own, source, files, options }: PartOptions): readonly ChainPart[] {
  const inRepo = isInRepo(conglomerate);
  const root = sourceRoot(source, { files, kind: inRepo ? "conglomerate" : "source" });
  if (root === undefined) return [own];
  const part = { root, links: linksOf(root, options) };
  return inRepo ? [part] : [part, own];
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

/** What is no map names no project, and would be told as a project that is not there. */
function checkProjects(layers: readonly Layer[]): void {
  for (const { body, source, at } of layers) {
    const value = entryOf(body, "projects");
    if (value === undefined || value === null || isMap(value)) continue;
    const message = `projects is ${kindOf(value)}; expected a map of projects`;
    const hint = 'Write projects: { shop: { repo: "…" } }.';
    throw new FacsimileError("INVALID_VALUE", message, { hint, position: source?.locate([...at, "projects"]) });
  }
}

function checkNames(define: Root, { instance, project, projects }: Names): void {
  if (project !== undefined && !Object.hasOwn(projects, project)) throw unknownProject(project, Object.keys(projects));
  const part = instance.parts.find((each) => Object.hasOwn(projects, each));
  if (part !== undefined) throw nameOfProject(instance, { part, define });
}

/** The last part must be written somewhere: a mistyped instance never gets the defaults. */
function checkInstance(parts: readonly ChainPart[], { instance, projects }: Omit<Names, "project">): void {
  if (parts.some(({ links }) => links.at(-1)?.isFound)) return;
  const names = parts.flatMap(({ root }) => instanceNames(root.names(), new Set(Object.keys(projects))));
  throw unknownInstance(instance, { known: [...new Set(names.map(({ full }) => full))], why: "no file defines it" });
}

function unknownInstance(
  { full }: InstanceName,
  { known, why }: { known: readonly string[]; why: string },
): FacsimileError {
  const all = known.length === 0 ? undefined : `Instances are ${known.join(", ")}.`;
  const hint = meantOr(didYouMean(full, known), all);
  return new FacsimileError("UNKNOWN_INSTANCE", `there is no instance ${full}: ${why}`, { hint });
}

function unknownProject(project: string, known: readonly string[]): FacsimileError {
  const all =
    known.length === 0 ? "Name it under projects in define/facsimile.json5." : `Projects are ${known.join(", ")}.`;
  return new FacsimileError("UNKNOWN_PROJECT", `there is no project ${project}`, {
    hint: meantOr(didYouMean(project, known), all),
  });
}

function nameOfProject(instance: InstanceName, { part, define }: { part: string; define: Root }): FacsimileError {
  const known = instanceNames(define.names(), new Set([part])).map(({ full }) => full);
  return unknownInstance(instance, { known, why: `${part} is a project` });
}
