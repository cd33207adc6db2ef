import fs from "node:fs";
import path from "node:path";
import { FacsimileError, type InstanceName, isFacsimileError, type ProjectName, parseInstance, parseProject, RESERVED_NAMES } from "@facsimile/core"; // biome-ignore format: one line
import { layersOf } from "./chain.ts";
import { Files } from "./files.ts";
import { projectsIn } from "./projects.ts";
import { folderRoot, type Root } from "./roots.ts";

/** A definitions repository on disk. */
export interface Conglomerate {
  /** Absolute path of the folder that holds `define/`. */
  readonly root: string;
  /** Absolute path of `define/`. */
  readonly define: string;
}

/**
 * The conglomerate that `from` lies in: the nearest folder, going up, with a `define/` that holds a `facsimile.*` file.
 *
 * @throws `NO_CONGLOMERATE`
 */
export async function findConglomerate(from: string): Promise<Conglomerate> {
  for (let root = path.resolve(from); ; root = path.dirname(root)) {
    const define = path.join(root, "define");
    if (new Files(root).list(define).has("facsimile")) return { root, define };
    if (root === path.dirname(root)) throw none(path.resolve(from));
  }
}

/** Every instance with a file of its own, in byte order. */
export async function listInstances(conglomerate: Conglomerate): Promise<readonly InstanceName[]> {
  const define = defineRoot(conglomerate);
  return instanceNames(define.names(), new Set(Object.keys(projectsIn(layersOf([define], {})))));
}

/** Every project of `define/facsimile.*`, in its order. */
export async function listProjects(conglomerate: Conglomerate): Promise<readonly ProjectName[]> {
  const layers = layersOf([defineRoot(conglomerate)], {});
  return Object.keys(projectsIn(layers)).map(parseProject);
}

const opened = new WeakMap<Conglomerate, Files>();

/** The files as they are now. What was parsed is kept for each conglomerate object. */
export function filesOf(conglomerate: Conglomerate): Files {
  const files = opened.get(conglomerate) ?? new Files(conglomerate.root);
  opened.set(conglomerate, files);
  return files.now();
}

export function defineRoot(conglomerate: Conglomerate, files: Files = filesOf(conglomerate)): Root {
  return folderRoot({ kind: "conglomerate", dir: conglomerate.define, files });
}

export function instanceNames(layers: Iterable<string>, projects: ReadonlySet<string>): readonly InstanceName[] {
  const reserved: ReadonlySet<string> = new Set(RESERVED_NAMES);
  return [...layers].filter((name) => !reserved.has(name) && !projects.has(name)).flatMap(asInstance);
}

function asInstance(name: string): InstanceName[] {
  try {
    return [parseInstance(name)];
  } catch (error) {
    // A backup or a stray file in the folder is no instance, and no reason to refuse the others.
    if (isFacsimileError(error, "BAD_NAME")) return [];
    throw error;
  }
}

function none(from: string): FacsimileError {
  const old = ["config/facsimile", "config/facsimile.json5"].find((name) => fs.existsSync(path.join(from, name)));
  return new FacsimileError("NO_CONGLOMERATE", `no definitions found in ${from} or above: no define/facsimile.json5`, {
    hint:
      old === undefined
        ? "Go into the definitions repository, name it with --root DIR, or make one: facs init DIR"
        : `There is ${old}: definitions inside a source repository are read through a conglomerate that names it as a project.`,
  });
}
