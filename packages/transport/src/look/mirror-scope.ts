import { compareBytes, FacsimileError } from "@facsimile/core";
import { type Entry, type Manifest, parseManifest } from "@facsimile/manifest";
import type { Member } from "../wire/tar.ts";
import type { Records } from "./listing.ts";

/** What of a home is looked at: a folder with all that is in it, and paths. */
export interface Scope {
  readonly folder: boolean;
  readonly paths: readonly string[];
}

/** All paths of the manifests, and the project's folder if one of them has it. */
export function scopeOf(project: string, manifests: readonly (Manifest | undefined)[]): Scope {
  const entries = manifests.flatMap((manifest) => manifest?.entries ?? []);
  const folder = entries.some(({ path, type }) => path === project && type === "dir");
  const isWithin = (path: string): boolean => folder && (path === project || path.startsWith(`${project}/`));
  const paths = new Set(entries.map(({ path }) => path).filter((path) => !isWithin(path)));
  return { folder, paths: [...paths].sort(compareBytes) };
}

/** As the agent's seek reads it. */
export function scopeMembers(project: string, { folder, paths }: Scope, under = ""): Member[] {
  return [textMember(`${under}folders`, folder ? `./${project}\0` : ""), textMember(`${under}paths`, list0(paths))];
}

export function textMember(path: string, text: string): Member {
  const bytes = Buffer.from(text);
  return { path, type: "file", mode: 0o600, size: bytes.length, content: { bytes } };
}

export function list0(paths: readonly string[]): string {
  return paths.map((path) => `./${path}\0`).join("");
}

/** Another project of the same home. */
export interface Neighbour {
  readonly project: string;
  /** What this run has staged for it, if anything; then what it has. */
  readonly manifests: readonly Manifest[];
}

/** What the agent's others says. */
export function parseNeighbours(records: Records): Neighbour[] {
  const found: Neighbour[] = [];
  for (let project = records.next(); project !== ""; project = records.next()) {
    const manifests: Manifest[] = [];
    for (let text = records.next(); text !== ""; text = records.next()) manifests.push(parseManifest(text));
    found.push({ project, manifests });
  }
  return found;
}

export interface Neighbourhood {
  readonly project: string;
  readonly wanted: Manifest;
  readonly neighbours: readonly Neighbour[];
}

/** @returns `PATH_CLASH` naming the paths that belong to somebody else. Folders may be shared, if all mean the same mode. Pure. */
export function neighbourProblems(host: string, { project, wanted, neighbours }: Neighbourhood): FacsimileError[] {
  const own = wanted.entries.filter(({ path }) => isBelow(path, ".facsimile"));
  const clashes = [
    ...own.map(({ path }) => `${path} is facsimile's own`),
    ...neighbours.flatMap((other) => clashesWith(other, { project, wanted })),
  ];
  if (clashes.length === 0) return [];
  const shown = clashes.slice(0, 5).join(", ");
  const more = clashes.length > 5 ? ` and ${clashes.length - 5} more` : "";
  return [
    new FacsimileError("PATH_CLASH", `${host}: in this home ${shown}${more}`, {
      hint: "Let each path be of one project, or give the projects homes of their own. A path moves from one to the other in two deploys.",
    }),
  ];
}

function clashesWith(other: Neighbour, { project, wanted }: Pick<Neighbourhood, "project" | "wanted">): string[] {
  const theirs = new Map(other.manifests.flatMap(({ entries }) => entries.map((entry) => [entry.path, entry])));
  const ours = wanted.entries.flatMap((entry): string[] => {
    const found = theirs.get(entry.path);
    if (isSharedDir(entry, found)) return [];
    if (isBelow(entry.path, other.project)) return [`${entry.path} lies in the folder of ${other.project}`];
    return found === undefined ? [] : [`${entry.path} is of ${other.project}`];
  });
  const within = [...theirs.keys()].filter((path) => path.startsWith(`${project}/`));
  return [...ours, ...within.map((path) => `${path} of ${other.project} lies in the folder of ${project}`)];
}

export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function isSharedDir(entry: Entry, other: Entry | undefined): boolean {
  return entry.type === "dir" && other?.type === "dir" && entry.mode === other.mode;
}
