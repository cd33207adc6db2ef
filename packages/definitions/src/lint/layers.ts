import path from "node:path";
import { didYouMean, type FacsimileError, isFacsimileError, problemsOf, RESERVED_NAMES } from "@facsimile/core";
import { layersOf } from "../layers/chain.ts";
import { type Conglomerate, defineRoot, filesOf, instanceNames, isInRepo } from "../layers/conglomerate.ts";
import { filesIn } from "../layers/instance-chain.ts";
import { projectsIn } from "../layers/projects.ts";
import type { Root } from "../layers/roots.ts";
import type { Warning } from "../types.ts";
import { type Value, valueAt } from "../value.ts";
import type { Subject } from "./subjects.ts";

/** What is wrong with files by themselves, also with those that no chain reads. */
export function brokenFiles(conglomerate: Conglomerate): readonly FacsimileError[] {
  const files = filesOf(conglomerate);
  return filesBelow(conglomerate).flatMap((file) => {
    try {
      files.read(path.resolve(conglomerate.root, file));
      return [];
    } catch (error) {
      if (isFacsimileError(error)) return problemsOf(error);
      throw error;
    }
  });
}

/** Every file of definitions; none where a source carries them, beside what is not ours. */
function filesBelow(conglomerate: Conglomerate): readonly string[] {
  return isInRepo(conglomerate) ? [] : filesOf(conglomerate).below(conglomerate.define);
}

/** Files of definitions that no chain reads, and instances that are nearly called like a project. */
export function unusedLayers(conglomerate: Conglomerate, subjects: readonly Subject[]): readonly Warning[] {
  const define = defineRoot(conglomerate);
  const projects = Object.keys(projectsIn(layersOf(define, {})));
  const names = new Set(define.names());
  const instances = instanceNames(names, new Set(projects)).map(({ full }) => full);
  // What a chain that cannot be read would extend is not known.
  const isKnown = subjects.every(({ chain }) => chain !== undefined);
  return [
    ...(isKnown ? unused(conglomerate, { define, subjects, names: [...projects, ...instances] }) : []),
    ...misnamed(instances, { define, projects: projects.filter((name) => !names.has(name)) }),
  ];
}

interface Used {
  readonly define: Root;
  readonly subjects: readonly Subject[];
  /** Of projects and instances, which read their own layers. */
  readonly names: readonly string[];
}

function unused(conglomerate: Conglomerate, { define, subjects, names }: Used): readonly Warning[] {
  const read = new Set(subjects.flatMap(({ chain }) => (chain === undefined ? [] : filesIn(chain))));
  const own = new Set(["facsimile", "modules", "schema", ...names].map((name) => define.shown(name)));
  const files = filesBelow(conglomerate).filter((file) => !read.has(file) && !own.has(file));
  return files.map((file) => ({
    code: "LAYER_UNUSED",
    message: "no project, no instance and no extends reads this file",
    hint: isReserved(file) ? "The name is reserved: call the instance otherwise." : "Take it out, or extend it.",
    position: { file, line: 1, column: 1 },
  }));
}

function isReserved(file: string): boolean {
  const name = file.split("/").at(-1)?.split(".")[0] ?? "";
  return RESERVED_NAMES.some((reserved) => reserved === name);
}

/** `define/storefrnt.json5` is an instance nobody meant, where it says nothing of an instance; `projects` have no file. */
function misnamed(
  instances: readonly string[],
  { define, projects }: { define: Root; projects: readonly string[] },
): readonly Warning[] {
  return instances.flatMap((name) => {
    const near = didYouMean(name, projects);
    const layer = near === undefined ? undefined : readable(() => define.layer(name));
    if (layer === undefined || isInstance(layer.body)) return [];
    const message = `this is read as the instance ${name}, and the project ${near} has no file`;
    const hint = `Is it meant for the project? Then call it ${near}.`;
    return [{ code: "NAME_SIMILAR", message, hint, position: layer.source.locate(layer.at) }];
  });
}

/** Whether it says what only an instance can say. */
function isInstance(body: Value): boolean {
  const own = [
    ["versions"],
    ["hosts"],
    ["regions"],
    ["state"],
    ["protected"],
    ["home"],
    ["extends"],
    ["deploy", "nodes"],
  ];
  return own.some((key) => valueAt(body, key) !== undefined);
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isFacsimileError(error)) return undefined;
    throw error;
  }
}
