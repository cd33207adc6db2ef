import { compareBytes } from "@facsimile/core";
import type { DirEntry, Entry, FileEntry, LinkEntry, Manifest } from "@facsimile/manifest";
import type { Neighbour } from "../look/mirror-scope.ts";
import { above, isIgnored } from "../shared.ts";

/** What turns a part of a home into a tree, and back. */
export interface MirrorPlan {
  /** Files and links to be put there, also in place of what is there. */
  readonly puts: readonly (FileEntry | LinkEntry)[];
  /** Files and links that go. */
  readonly gone: readonly string[];
  /** Folders that are made, parents first. */
  readonly made: readonly DirEntry[];
  /** Folders that go if they are empty then, parents last. */
  readonly dropped: readonly DirEntry[];
  /** Folders whose mode changes. */
  readonly modes: readonly { readonly path: string; readonly from: number; readonly to: number }[];
  /** Folders that forbid what is to be done in them, parents first. */
  readonly closed: readonly DirEntry[];
  /** Paths where something else lies that nobody deployed. */
  readonly foreign: readonly string[];
  /** Links on the way to wanted paths. */
  readonly links: readonly string[];
}

export interface MirrorRequest {
  readonly project: string;
  readonly wanted: Manifest;
  /** What the last run put there; `undefined`: nobody knows, or nothing. */
  readonly last: Manifest | undefined;
  /** All of `wanted`, of `last` and of the project's folder that is there. */
  readonly actual: Manifest;
  readonly ignore: (path: string) => boolean;
  /** Other projects of the home. Default: none. */
  readonly neighbours?: readonly Neighbour[];
}

const OPEN = 0o700;

/** Pure. */
export function planMirror(request: MirrorRequest): MirrorPlan {
  const { project, wanted, last, actual, ignore, neighbours = [] } = request;
  const there = reachable(actual);
  // What programs may change is put where it is missing, and never touched again.
  const isFree = (path: string): boolean => !there.has(path) && above(path).every((one) => (there.get(one)?.type ?? "dir") === "dir"); // biome-ignore format: one line
  const want = byPath(wanted.entries.filter(({ path }) => !isIgnored(path, ignore) || isFree(path)));
  const before = byPath(last?.entries ?? []);
  const isCleaned = wanted.entries.some(({ path, type }) => path === project && type === "dir");
  const isWithin = (path: string): boolean => isCleaned && path.startsWith(`${project}/`);
  // Where the folder was not yet of the project, what lies in it is of nobody we know.
  const isOurs = (path: string): boolean =>
    before.has(path) || (isWithin(path) && !comesToBe(project, { last, before }));
  const differing = [...want.values()].filter((entry) => !isEqual(entry, there.get(entry.path)));
  const held = new Set(actual.entries.filter(({ path }) => isIgnored(path, ignore)).flatMap(({ path }) => above(path)));
  const { theirs, leaving } = foldersOf(neighbours);
  const stays = (entry: Entry): boolean => isDir(entry) && (held.has(entry.path) || theirs.has(entry.path));
  const left = [...there.values()]
    .filter((entry) => !isIgnored(entry.path, ignore) && (before.has(entry.path) || isWithin(entry.path)))
    .filter((entry) => goes(entry.path, { want, there }) && !stays(entry));
  const dirs = differing.filter(isDir);
  const made = [...want.values()].filter(isDir).filter(({ path }) => there.get(path)?.type !== "dir" || leaving.has(path)); // biome-ignore format: one line
  const puts = differing.filter((entry) => !isDir(entry)) as (FileEntry | LinkEntry)[];
  const gone = left.filter((entry) => !isDir(entry)).map(({ path }) => path);
  const dropped = left.filter(isDir).reverse();
  const touched = [...puts, ...made, ...dropped]
    .map(({ path }) => path)
    .concat(gone)
    .flatMap(above);
  const isWay = ({ path, type }: Entry): boolean => type === "link" && want.get(path)?.type === "dir" && before.get(path)?.type !== "link"; // biome-ignore format: one line
  const links = actual.entries.filter(isWay).map(({ path }) => path);
  return {
    puts,
    gone,
    made,
    dropped,
    modes: dirs.flatMap(({ path, mode }) => {
      const now = there.get(path);
      return now?.type === "dir" ? [{ path, from: now.mode, to: mode }] : [];
    }),
    closed: [...new Set(touched)].sort(compareBytes).flatMap((path) => {
      const now = there.get(path);
      return now?.type === "dir" && (now.mode & OPEN) !== OPEN ? [now] : [];
    }),
    foreign: [...new Set([...differing, ...left].map(({ path }) => path))].filter(
      (path) => there.has(path) && !isOurs(path) && !links.includes(path),
    ),
    links,
  };
}

/** The project has a folder of its name that the last run did not put there. `last` `undefined`: nobody knows. */
function comesToBe(
  project: string,
  { last, before }: { last: Manifest | undefined; before: ReadonlyMap<string, Entry> },
): boolean {
  return last !== undefined && before.get(project)?.type !== "dir";
}

/** Folders of other projects: those that they are to have after this run, and those that they give up in it. */
function foldersOf(neighbours: readonly Neighbour[]): { theirs: ReadonlySet<string>; leaving: ReadonlySet<string> } {
  const foldersIn = (manifests: readonly Manifest[]) => manifests.flatMap(({ entries }) => entries.filter(isDir).map(({ path }) => path)); // biome-ignore format: one line
  const theirs = new Set(neighbours.flatMap(({ manifests }) => foldersIn(manifests.slice(0, 1))));
  return { theirs, leaving: new Set(neighbours.flatMap(({ manifests }) => foldersIn(manifests.slice(1))).filter((path) => !theirs.has(path))) }; // biome-ignore format: one line
}

/** Nothing is to be done. */
export function isIdle({ puts, gone, made, dropped, modes }: MirrorPlan): boolean {
  return [puts, gone, made, dropped, modes].every(({ length }) => length === 0);
}

/** Without what lies beyond a link: it is somewhere else. */
export function reachable({ entries }: Manifest): Map<string, Entry> {
  const there = byPath(entries);
  return byPath(entries.filter(({ path }) => above(path).every((one) => (there.get(one)?.type ?? "dir") === "dir")));
}

/** Whether what is there is to make way: nothing is wanted there, or a folder in place of something else, or the reverse. */
function goes(
  path: string,
  { want, there }: { want: ReadonlyMap<string, Entry>; there: ReadonlyMap<string, Entry> },
): boolean {
  const [wanted, now] = [want.get(path), there.get(path)];
  return wanted === undefined || (wanted.type === "dir") !== (now?.type === "dir");
}

function isEqual(a: Entry, b: Entry | undefined): boolean {
  if (a.type === "file") return b?.type === "file" && a.sha256 === b.sha256 && a.size === b.size && a.mode === b.mode;
  if (a.type === "link") return b?.type === "link" && a.target === b.target;
  return b?.type === "dir" && a.mode === b.mode;
}

function isDir(entry: Entry): entry is DirEntry {
  return entry.type === "dir";
}

function byPath(entries: readonly Entry[]): Map<string, Entry> {
  return new Map(entries.map((entry) => [entry.path, entry]));
}
