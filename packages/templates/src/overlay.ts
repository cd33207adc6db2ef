import { isUtf8 } from "node:buffer";
import type { Stats } from "node:fs";
import fs from "node:fs/promises";
import { compareBytes, errnoOf, FacsimileError } from "@facsimile/core";
import { landing } from "./landing.ts";
import { linkFlaw } from "./links.ts";
import { fileProblem, throwFound } from "./problems.ts";
import type { Layer, TagLines } from "./types.ts";

/** One path of an overlay, as its strongest layer gives it. */
export interface OverlayEntry {
  readonly path: string;
  readonly type: "dir" | "file" | "link";
  /** Permission bits as they are on disk; 0 for links. */
  readonly mode: number;
  /** Only for links. */
  readonly target?: string;
  /** Where it is, as people know it: the layer's name and the path. */
  readonly name: string;
  /** Absolute path. */
  readonly source: string;
  /** As its layer says. */
  readonly tagLines: TagLines;
  /** Names of what it hides in weaker layers, strongest first. */
  readonly shadows: readonly string[];
}

/** Folders laid over one another. */
export interface Overlay {
  /** By path, sorted by UTF-8 bytes. */
  readonly entries: ReadonlyMap<string, OverlayEntry>;
  /** The names under `_TARGET_/`, sorted: who knows the real targets can tell a mistyped one. */
  readonly targets: readonly string[];
}

/**
 * Reads what the layers hold, weak to strong: for each path the last layer wins. Nothing is opened yet. A layer that
 * does not exist is empty.
 *
 * @throws All that was found of `TEMPLATE_LINK_OUTSIDE`, `TEMPLATE_UNREADABLE` and `TEMPLATE_PLACE`.
 */
export async function readOverlay(layers: readonly Layer[]): Promise<Overlay> {
  const problems: FacsimileError[] = [];
  const merged = new Map<string, OverlayEntry>();
  for (const layer of layers) {
    for (const entry of await readLayer(layer, problems)) lay(merged, entry);
  }
  for (const entry of merged.values()) problems.push(...entryProblems(entry));
  throwFound(problems);
  const sorted = [...merged.values()].sort((a, b) => compareBytes(a.path, b.path));
  const places = sorted.map(({ path }) => landing(path));
  const targets = places.flatMap((place) => (place.on === "target" && place.name !== "" ? [place.name] : []));
  return { entries: new Map(sorted.map((entry) => [entry.path, entry])), targets: [...new Set(targets)] };
}

// Parents come before what they hold.
async function readLayer(layer: Layer, problems: FacsimileError[]): Promise<OverlayEntry[]> {
  const { skip = () => false, tagLines = "remove" } = layer;
  const visit = async (path: string): Promise<OverlayEntry[]> => {
    const name = path === "" ? layer.name : `${layer.name}/${path}`;
    try {
      const children = await fs.readdir(`${layer.dir}/${path}`, { encoding: "buffer" });
      const paths = children.map((child) => (path === "" ? nameIn(child, name) : `${path}/${nameIn(child, name)}`));
      return (await Promise.all(paths.filter((child) => !skip(child)).map(entryAt))).flat();
    } catch (error) {
      if (path === "" && errnoOf(error) === "ENOENT") return [];
      problems.push(unreadable(name, error));
      return [];
    }
  };
  const entryAt = async (path: string): Promise<OverlayEntry[]> => {
    const name = `${layer.name}/${path}`;
    try {
      const entry = await toEntry(`${layer.dir}/${path}`, { path, name, tagLines });
      return entry.type === "dir" ? [entry, ...(await visit(path))] : [entry];
    } catch (error) {
      problems.push(unreadable(name, error));
      return [];
    }
  };
  return visit("");
}

type Named = Pick<OverlayEntry, "path" | "name" | "tagLines">;

async function toEntry(source: string, { path, name, tagLines }: Named): Promise<OverlayEntry> {
  const stats = await fs.lstat(source);
  const type = typeOf(stats, name);
  const mode = type === "link" ? 0 : stats.mode & 0o777;
  const common = { path, type, mode, name, source, tagLines, shadows: [] };
  if (type !== "link") return common;
  const target = await fs.readlink(source, { encoding: "buffer" });
  if (!isUtf8(target)) throw fileProblem("TEMPLATE_UNREADABLE", `${name} is a link whose target is not in UTF-8`);
  return { ...common, target: target.toString() };
}

function typeOf(stats: Stats, name: string): OverlayEntry["type"] {
  if (stats.isDirectory()) return "dir";
  if (stats.isSymbolicLink()) return "link";
  if (stats.isFile()) return "file";
  throw fileProblem("TEMPLATE_UNREADABLE", `${name} is neither a file, a folder nor a link`, "Remove it.");
}

function nameIn(bytes: Buffer, folder: string): string {
  if (isUtf8(bytes)) return bytes.toString();
  const shown = JSON.stringify(bytes.toString("latin1"));
  throw fileProblem("TEMPLATE_UNREADABLE", `${folder} holds a name that is not in UTF-8: ${shown}`, "Rename it.");
}

// A file where a weaker layer has a folder hides all that the folder holds.
function lay(merged: Map<string, OverlayEntry>, entry: OverlayEntry): void {
  const { path, type } = entry;
  const weaker = merged.get(path);
  const both = weaker?.type === "dir" && type === "dir";
  const hidden = weaker === undefined || both ? [] : [weaker.name, ...weaker.shadows];
  if (weaker?.type === "dir" && type !== "dir") {
    for (const other of [...merged.keys()]) if (other.startsWith(`${path}/`)) merged.delete(other);
  }
  merged.set(path, { ...entry, shadows: hidden });
}

function entryProblems({ path, type, target, name }: OverlayEntry): FacsimileError[] {
  const place = landing(path);
  if (type !== "dir" && place.path === "") {
    const hint = "Only folders lie there: _DEPLOY_/…, _TARGET_/<target>/…, _HOST_/…, _LIB_/…";
    return [fileProblem("TEMPLATE_PLACE", `${name} is a ${type} where a folder is expected: it lands nowhere`, hint)];
  }
  const flaw = target === undefined ? undefined : linkFlaw(place.path, target);
  if (flaw === undefined) return [];
  const hint = "Links may only lead to what the same tree holds, by a relative path.";
  return [fileProblem("TEMPLATE_LINK_OUTSIDE", `${name} is a link to ${JSON.stringify(target)}, ${flaw}`, hint)];
}

function unreadable(name: string, error: unknown): FacsimileError {
  if (error instanceof FacsimileError) return error;
  const errno = errnoOf(error);
  if (errno === undefined) throw error;
  return fileProblem("TEMPLATE_UNREADABLE", `${name} cannot be read: ${errno}`, "Check its owner and mode.", error);
}
