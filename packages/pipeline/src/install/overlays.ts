import fs from "node:fs/promises";
import path from "node:path";
import { FacsimileError, type InstanceName } from "@facsimile/core";
import { type Layer, type Overlay, readOverlay } from "@facsimile/templates";
import { RE2JS } from "re2js";
import { relativeTo } from "../state/publish.ts";

export interface OverlayRequest {
  /** Names of layers are relative to it; absolute. */
  readonly root: string;
  /** The folder of `tmpl/` and `extra/`, absolute. */
  readonly own: string;
  readonly instance: InstanceName;
  readonly project: string;
  /** The project's sources; their `config/facsimile/` may hold templates that are weaker than those of `own`. */
  readonly source: string;
  /** The `{type: "tmpl"}` groups of `install.groups`. */
  readonly groups: readonly TmplGroup[];
}

export interface TmplGroup {
  /** Folder beside `tmpl/`; `tmpl` itself is always used. */
  readonly dir: string;
  /** RE2 over a path of the overlay, or over its last part: what matches is left out. */
  readonly skip?: string | undefined;
}

/** What a project's templates are made of. */
export interface Overlays {
  /** `tmpl/` and the groups' folders. */
  readonly tmpl: Overlay;
  /** `extra/`, deployed as it is. */
  readonly extra: Overlay;
  /** `tmpl/_LIB_/`, weak to strong: only included. */
  readonly lib: readonly Layer[];
}

export async function overlays(request: OverlayRequest): Promise<Overlays> {
  const dirs = [...new Set(["tmpl", ...request.groups.map(({ dir }) => dir)])];
  const [folders, extras] = await Promise.all([foldersOf(dirs, request), foldersOf(["extra"], request)]);
  const tops = dirs.flatMap((dir) => [...theirs(dir, request), layerAt(path.join(request.own, dir), request)]);
  const [tmpl, extra] = await Promise.all([
    readOverlay(layersOf(folders, request), { skip: skipper(request.groups) }),
    readOverlay(layersOf(extras, request)),
  ]);
  const libs = [...tops, ...folders].map(({ name, dir }) => ({ name: `${name}/_LIB_`, dir: path.join(dir, "_LIB_") }));
  return { tmpl, extra, lib: [...new Map(libs.map((lib) => [lib.dir, lib])).values()] };
}

// Weak to strong: what the source ships, then what the conglomerate has; `tmpl/<project>/` in the place of `tmpl/`.
async function foldersOf(dirs: readonly string[], request: OverlayRequest): Promise<Layer[]> {
  const own = await Promise.all(
    dirs.map(async (dir) => {
      const [all, mine] = [path.join(request.own, dir), path.join(request.own, dir, request.project)];
      return layerAt((await isFolder(mine)) ? mine : all, request);
    }),
  );
  return [...dirs.flatMap((dir) => theirs(dir, request)), ...own];
}

function layerAt(dir: string, { root }: OverlayRequest): Layer {
  return { name: relativeTo(root, dir), dir };
}

function theirs(dir: string, { source, project, own }: OverlayRequest): Layer[] {
  const carried = path.join(source, "config/facsimile");
  return carried === own ? [] : [{ name: `config/facsimile/${dir} of ${project}`, dir: path.join(carried, dir) }];
}

/** `_ALL_`, the instance's parts, its full name: each later one wins, path by path. */
function layersOf(folders: readonly Layer[], { instance }: OverlayRequest): Layer[] {
  const parts = [...new Set(["_ALL_", ...instance.parts, instance.full])];
  return folders.flatMap(({ name, dir }) =>
    parts.map((part) => ({ name: `${name}/${part}`, dir: path.join(dir, part) })),
  );
}

function skipper(groups: readonly TmplGroup[]): (file: string) => boolean {
  const patterns = groups.flatMap(({ skip }) => (skip === undefined ? [] : [compile(skip)]));
  return (file) =>
    patterns.some((pattern) => pattern.matcher(file).find() || pattern.matcher(path.posix.basename(file)).find());
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    throw new FacsimileError(
      "INSTALL_PATTERN",
      `install.groups: ${pattern} is not a pattern: ${(cause as Error).message}`,
      {
        cause,
        hint: "Patterns are RE2: no look-around, no back-references.",
      },
    );
  }
}

async function isFolder(dir: string): Promise<boolean> {
  return fs.stat(dir).then(
    (stat) => stat.isDirectory(),
    () => false,
  );
}
