import fs from "node:fs";
import path from "node:path";
import { FacsimileError, type InstanceName, isFacsimileError, type ProjectName, parseInstance, parseProject, RESERVED_NAMES } from "@facsimile/core"; // biome-ignore format: one line
import { Files } from "../files/files.ts";
import { DISK, textsOf } from "../files/texts.ts";
import { memoized } from "../memo.ts";
import { layersOf } from "./chain.ts";
import { projectsIn } from "./projects.ts";
import { folderRoot, type Root } from "./roots.ts";
import { sourceRoot } from "./source-root.ts";

/** A definitions repository as it is at one moment: its files are read once. Find it again to see what changed since. */
export interface Conglomerate {
  /** Absolute path of the folder that holds `define/`, or of the source repository that carries its own definitions. */
  readonly root: string;
  /** Absolute path of `define/`; of `config/` where a source repository carries its own definitions. */
  readonly define: string;
  /** Absolute path of the folder of `tmpl/`, `extra/`, `keys/`, `state/`, `hosts/`: the root, or its `config/facsimile/`. */
  readonly own: string;
  /** Absolute path of the folder of `SRC/`, `BUILD/`, `RELEASE/`: the root, or its `.facsimile/`. */
  readonly work: string;
}

/**
 * The conglomerate that `from` lies in: the nearest folder, going up, with a `define/` that holds a `facsimile.*` file,
 * or with a `config/facsimile.*` or `config/facsimile/facsimile.*` that names `projects`. What lies in the `SRC/`,
 * `BUILD/` or `RELEASE/` of a conglomerate is a part of that one, whatever definitions it carries.
 *
 * @throws `NO_CONGLOMERATE`, and what reading `config/facsimile*` throws
 */
export async function findConglomerate(from: string): Promise<Conglomerate> {
  const start = path.resolve(from);
  for (let root = ownerOf(start) ?? start; ; root = path.dirname(root)) {
    const found = conglomerateAt(root);
    if (found !== undefined) return found;
    if (root === path.dirname(root)) throw none(start);
  }
}

/**
 * The conglomerate of this very folder, wherever it lies; undefined where it holds none.
 *
 * @param options `shownFrom`: the folder to which the paths in messages are relative. Default: `root`.
 * @throws what reading `config/facsimile*` throws
 */
export function conglomerateAt(
  root: string,
  { shownFrom = root }: { shownFrom?: string } = {},
): Conglomerate | undefined {
  return conglomerateIn(root, new Files(shownFrom, DISK));
}

const WORK_FOLDERS = ["SRC", "BUILD", "RELEASE"];

/** Where in a repository that carries its own definitions the work folders lie; git must ignore it. */
const OWN_WORK = ".facsimile";

/** The folder whose work folders `from` lies in, of several the outermost; undefined where it lies in none. */
function ownerOf(from: string): string | undefined {
  const parents: string[] = [];
  for (let folder = from; folder !== path.dirname(folder); folder = path.dirname(folder)) parents.unshift(folder);
  for (const folder of parents.filter((each) => WORK_FOLDERS.includes(path.basename(each)))) {
    const work = path.dirname(folder);
    if (path.basename(work) === OWN_WORK) return path.dirname(work);
    // Anybody may call a folder SRC.
    if (hasDefine(work, new Files(work, DISK))) return work;
  }
  return undefined;
}

/**
 * A conglomerate of texts instead of files, as an editor or a revision of a repository holds them.
 *
 * @param texts By path, relative to `root` and with `/`: `define/staging.json5`.
 * @throws `NO_CONGLOMERATE`
 */
export function conglomerateOf(texts: ReadonlyMap<string, string>, { root }: { root: string }): Conglomerate {
  const absolute = new Map([...texts].map(([file, text]) => [path.resolve(root, file), text]));
  const found = conglomerateIn(root, new Files(root, textsOf(absolute)));
  if (found !== undefined) return found;
  throw new FacsimileError("NO_CONGLOMERATE", "there are no definitions: no define/facsimile.json5", {
    hint: "Hand in every file below define/.",
  });
}

/** Every instance with a file of its own, in byte order. */
export async function listInstances(conglomerate: Conglomerate): Promise<readonly InstanceName[]> {
  const define = defineRoot(conglomerate);
  return instanceNames(define.names(), new Set(Object.keys(projectsIn(layersOf(define, {})))));
}

/** Every project of `define/facsimile.*`, in its order. */
export async function listProjects(conglomerate: Conglomerate): Promise<readonly ProjectName[]> {
  const layers = layersOf(defineRoot(conglomerate), {});
  return Object.keys(projectsIn(layers)).map(parseProject);
}

const opened = new WeakMap<Conglomerate, Files>();

/** The files as they were when first read. */
export function filesOf(conglomerate: Conglomerate): Files {
  const files = opened.get(conglomerate) ?? new Files(conglomerate.root, DISK);
  opened.set(conglomerate, files);
  return files;
}

/** The same conglomerate, but for these texts, by absolute path. */
export function withTexts(conglomerate: Conglomerate, texts: ReadonlyMap<string, string>): Conglomerate {
  const changed = { ...conglomerate };
  opened.set(changed, filesOf(conglomerate).with(texts));
  return changed;
}

/** The root of the conglomerate's own layers. */
export const defineRoot = memoized((conglomerate: Conglomerate): Root => {
  const { root, define } = conglomerate;
  const files = filesOf(conglomerate);
  const carried = isInRepo(conglomerate) ? sourceRoot(root, { files, kind: "conglomerate" }) : undefined;
  return carried ?? folderRoot({ kind: "conglomerate", dir: define, files });
});

/** Whether a source repository carries the definitions, and a version is one of its own. */
export function isInRepo({ root, own }: Pick<Conglomerate, "root" | "own">): boolean {
  return own !== root;
}

export function instanceNames(layers: Iterable<string>, projects: ReadonlySet<string>): readonly InstanceName[] {
  const reserved: ReadonlySet<string> = new Set(RESERVED_NAMES);
  return [...layers].filter((name) => !reserved.has(name) && !projects.has(name)).flatMap(asInstance);
}

function conglomerateIn(root: string, files: Files): Conglomerate | undefined {
  const isOrdinary = hasDefine(root, files);
  if (!isOrdinary && !namesProjects(root, files)) return undefined;
  const config = path.join(root, "config");
  const found = isOrdinary
    ? { root, define: path.join(root, "define"), own: root, work: root }
    : { root, define: config, own: path.join(config, "facsimile"), work: path.join(root, OWN_WORK) };
  opened.set(found, files);
  return found;
}

function hasDefine(root: string, files: Files): boolean {
  return files.list(path.join(root, "define")).has("facsimile");
}

/** Without `projects`, what lies in `config/` is a source's part of somebody else's definitions. */
function namesProjects(root: string, files: Files): boolean {
  const own = sourceRoot(root, { files, kind: "conglomerate" });
  return own !== undefined && Object.keys(projectsIn(layersOf(own, {}))).length > 0;
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
  const own = ["config/facsimile", "config/facsimile.json5"].find((name) => fs.existsSync(path.join(from, name)));
  return new FacsimileError("NO_CONGLOMERATE", `no definitions found in ${from} or above: no define/facsimile.json5`, {
    hint:
      own === undefined
        ? "Go into the definitions repository, name it with --root DIR, or make one: facs init DIR"
        : `There is ${own}, but it names no project: add projects: { NAME: { repo: "." } } to deploy from this repository.`,
  });
}
