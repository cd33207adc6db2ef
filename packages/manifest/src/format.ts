import { FacsimileError, sha256 } from "@facsimile/core";
import { flawOf } from "./paths.ts";
import type { Entry, Manifest } from "./types.ts";

/**
 * The text of a manifest, `manifest/1`: a line that names the format, then one JSON object a line, each line ended by
 * a newline. Equal trees give equal text. See docs/formats/manifest-1.md.
 */
export function formatManifest(manifest: Manifest): string {
  return written(manifest).text;
}

/** The name of a tree: the sha256 of its {@link formatManifest}. */
export function treeId(manifest: Manifest): string {
  return (written(manifest).id ??= sha256(written(manifest).text));
}

interface Written {
  readonly text: string;
  id?: string;
}

/** A manifest does not change, and is asked for as often as there are hosts. */
const manifests = new WeakMap<Manifest, Written>();

function written(manifest: Manifest): Written {
  const known = manifests.get(manifest);
  if (known !== undefined) return known;
  const made = { text: [HEADER, ...manifest.entries.map(formatEntry)].map((line) => `${line}\n`).join("") };
  manifests.set(manifest, made);
  return made;
}

/**
 * Reads what {@link formatManifest} wrote, and nothing else: another spacing, order or key is refused.
 *
 * @throws `MANIFEST_INVALID` naming the line; `MANIFEST_NEWER` for a later version of the format.
 */
export function parseManifest(text: string): Manifest {
  const lines = text.split("\n");
  if (lines[0] !== HEADER) throw unknownFormat(lines[0] ?? "");
  if (lines.pop() !== "" || lines.length === 0) throw invalid(lines.length + 1, "the last line has no end");
  const folders = new Set<string>();
  let last: Buffer | undefined;
  const entries = lines.slice(1).map((line, index) => {
    const entry = parseEntry(line);
    const bytes = Buffer.from(entry?.path ?? "");
    const flaw =
      entry === undefined ? "is not an entry as this format writes it" : placeFlaw(entry, folders, bytes, last);
    if (entry === undefined || flaw !== undefined) throw invalid(index + 2, flaw ?? "");
    if (entry.type === "dir") folders.add(entry.path);
    last = bytes;
    return entry;
  });
  return { entries };
}

const HEADER = '{"facsimile":"manifest/1"}';

function formatEntry(entry: Entry): string {
  const { path, type } = entry;
  if (entry.type === "link") return JSON.stringify({ path, type, target: entry.target });
  const mode = formatMode(entry.mode);
  if (entry.type === "dir") return JSON.stringify({ path, type, mode });
  return JSON.stringify({ path, type, mode, size: entry.size, sha256: entry.sha256 });
}

function formatMode(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

// Sound when it is written back as it was read: that leaves one spelling for one tree.
function parseEntry(line: string): Entry | undefined {
  const entry = toEntry(parseJson(line));
  return entry !== undefined && formatEntry(entry) === line ? entry : undefined;
}

function toEntry({ path, type, mode, size, sha256, target }: Record<string, unknown>): Entry | undefined {
  if (typeof path !== "string") return undefined;
  if (type === "link") return typeof target === "string" && target !== "" ? { path, type, target } : undefined;
  if (typeof mode !== "string" || !/^[0-7]{4}$/.test(mode)) return undefined;
  if (type === "dir") return { path, type, mode: Number.parseInt(mode, 8) };
  if (type !== "file" || !isSize(size) || typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256))
    return undefined;
  return { path, type, mode: Number.parseInt(mode, 8), size, sha256 };
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function parseJson(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function placeFlaw({ path }: Entry, folders: ReadonlySet<string>, bytes: Buffer, last: Buffer | undefined) {
  const flaw = flawOf(path);
  if (flaw !== undefined) return `the path ${flaw}`;
  if (last !== undefined && Buffer.compare(last, bytes) >= 0) return "the path does not come after the one before";
  const slash = path.lastIndexOf("/");
  return slash < 0 || folders.has(path.slice(0, slash)) ? undefined : "the folder that holds it is not listed";
}

function unknownFormat(line: string): FacsimileError {
  const { facsimile } = parseJson(line);
  const version = typeof facsimile === "string" ? /^manifest\/([0-9]+)$/.exec(facsimile)?.[1] : undefined;
  if (version === undefined || Number(version) <= 1) return invalid(1, `is not ${HEADER}`);
  return new FacsimileError("MANIFEST_NEWER", `the manifest is ${facsimile}; this program reads manifest/1`, {
    hint: "Use a newer facsimile.",
  });
}

function invalid(line: number, flaw: string): FacsimileError {
  return new FacsimileError("MANIFEST_INVALID", `the manifest is not sound: line ${line}: ${flaw}`, {
    hint: "It was cut or changed after it was written. Take it from its source again.",
  });
}
