import fs from "node:fs/promises";
import path from "node:path";
import { didYouMean, FacsimileError, type InstanceName, type Position, throwProblems } from "@facsimile/core";
import { type Layer, type Overlay, readOverlay, type TagLines } from "@facsimile/templates";
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

/** One `{type: "tmpl"}` group of `install.groups`. */
export interface TmplGroup {
  /** As people know it: `install.groups[2]`. */
  readonly name: string;
  /** Folder beside `tmpl/`; `tmpl` itself is always used. */
  readonly dir: string;
  /** True for what is left out. */
  readonly skip?: Layer["skip"];
  /** The module for whose daemons it is rendered, once for each. */
  readonly each?: string | undefined;
  readonly tagLines?: TagLines | undefined;
  /** Where the definition has the group. */
  readonly position?: Position | undefined;
}

/** What a project's templates are made of. */
export interface Overlays {
  /** `tmpl/` and the groups' folders. */
  readonly tmpl: Overlay;
  /** What is rendered once for each daemon of a module. */
  readonly each: readonly EachOverlay[];
  /** `extra/`, deployed as it is. */
  readonly extra: Overlay;
  /** `tmpl/_LIB_/`, weak to strong: only included. */
  readonly lib: readonly Layer[];
}

export interface EachOverlay {
  readonly group: EachGroup;
  readonly overlay: Overlay;
}

export type EachGroup = TmplGroup & { readonly each: string };

/** @throws What `readOverlay` throws; `INSTALL_EACH`, `INSTALL_MISSING` */
export async function overlays(request: OverlayRequest): Promise<Overlays> {
  throwProblems((await Promise.all(request.groups.map((group) => dirMissing(group, request)))).flat());
  const each = request.groups.filter((group): group is EachGroup => group.each !== undefined);
  const plain = request.groups.filter((group) => group.each === undefined);
  const dirs = [...new Set(["tmpl", ...plain.map(({ dir }) => dir)])];
  throwProblems(each.filter(({ dir }) => dirs.includes(dir)).map(dirTwice));
  const [folders, extras] = await Promise.all([foldersOf(dirs, request), foldersOf(["extra"], request)]);
  const [tmpl, extra] = await Promise.all([
    readOverlay(layersOf(folders, request)),
    readOverlay(layersOf(extras, request)),
  ]);
  const ofEach = await Promise.all(each.map((group) => eachOverlay(group, request)));
  const tops = dirs.flatMap((dir) => [
    ...theirs(dir, request),
    layerAt({ folder: path.join(request.own, dir), dir }, request),
  ]);
  const all = [...tops, ...folders, ...ofEach.flatMap((one) => one.folders)];
  const libs = all.map((layer) => ({ ...layer, name: `${layer.name}/_LIB_`, dir: path.join(layer.dir, "_LIB_") }));
  return { tmpl, each: ofEach, extra, lib: [...new Map(libs.map((lib) => [lib.dir, lib])).values()] };
}

async function eachOverlay(
  group: EachGroup,
  request: OverlayRequest,
): Promise<EachOverlay & { folders: readonly Layer[] }> {
  const folders = await foldersOf([group.dir], request);
  return { group, folders, overlay: await readOverlay(layersOf(folders, request)) };
}

/** A mistyped `dir` would install nothing. `tmpl/` is always used, where it is. */
async function dirMissing(
  { name, dir, position }: TmplGroup,
  { root, own, source }: OverlayRequest,
): Promise<FacsimileError[]> {
  const places = [own, path.join(source, CARRIED)];
  const found = await Promise.all(places.map((place) => isFolder(path.join(place, dir))));
  if (path.normalize(dir) === "tmpl" || found.includes(true)) return [];
  const here = await fs.readdir(own, { withFileTypes: true });
  const near = didYouMean(
    dir,
    here.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])),
  );
  const message = `${name}: there is no folder ${relativeTo(root, path.join(own, dir))}`;
  const hint = near === undefined ? "Make it, with _ALL_/ in it, or take the group away." : `Did you mean ${near}?`;
  return [new FacsimileError("INSTALL_MISSING", message, { position, hint })];
}

/** Where a source repository has templates of its own. */
const CARRIED = "config/facsimile";

function dirTwice({ name, dir, position }: EachGroup): FacsimileError {
  const message = `${name}: ${dir} is rendered once for each host already; \`each\` needs a folder of its own`;
  return new FacsimileError("INSTALL_EACH", message, { position, hint: `Give it another \`dir\`, beside ${dir}/.` });
}

// Weak to strong: what the source ships, then what the conglomerate has; `tmpl/<project>/` in the place of `tmpl/`.
async function foldersOf(dirs: readonly string[], request: OverlayRequest): Promise<Layer[]> {
  const own = await Promise.all(
    dirs.map(async (dir) => {
      const [all, mine] = [path.join(request.own, dir), path.join(request.own, dir, request.project)];
      return layerAt({ folder: (await isFolder(mine)) ? mine : all, dir }, request);
    }),
  );
  return [...dirs.flatMap((dir) => theirs(dir, request)), ...own];
}

/** As the groups that name the folder `dir` have it. */
function layerAt({ folder, dir }: { folder: string; dir: string }, { root, groups }: OverlayRequest): Layer {
  return { name: relativeTo(root, folder), dir: folder, ...howOf(dir, groups) };
}

function howOf(dir: string, groups: readonly TmplGroup[]): Pick<Layer, "skip" | "tagLines"> {
  const ours = groups.filter((group) => group.dir === dir);
  const tagLines = ours.findLast((group) => group.tagLines !== undefined)?.tagLines;
  return { skip: (file) => ours.some(({ skip }) => skip?.(file)), tagLines };
}

function theirs(dir: string, { source, project, own, groups }: OverlayRequest): Layer[] {
  const carried = path.join(source, CARRIED);
  if (carried === own) return [];
  return [{ name: `${CARRIED}/${dir} of ${project}`, dir: path.join(carried, dir), ...howOf(dir, groups) }];
}

/** `_ALL_`, the instance's parts, its full name: each later one wins, path by path. */
function layersOf(folders: readonly Layer[], { instance }: OverlayRequest): Layer[] {
  const parts = [...new Set(["_ALL_", ...instance.parts, instance.full])];
  return folders.flatMap((layer) =>
    parts.map((part) => ({ ...layer, name: `${layer.name}/${part}`, dir: path.join(layer.dir, part) })),
  );
}

async function isFolder(dir: string): Promise<boolean> {
  return fs.stat(dir).then(
    (stat) => stat.isDirectory(),
    () => false,
  );
}
