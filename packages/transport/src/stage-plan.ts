import path from "node:path";
import type { Entry, FileEntry, Manifest, Tree } from "@facsimile/manifest";
import { isIgnored } from "./shared.ts";

export interface StagePlan {
  /** Folders, parents first. */
  readonly dirs: readonly { readonly path: string; readonly mode: number }[];
  /** Files to link from the running tree. */
  readonly links: readonly FileEntry[];
  readonly symlinks: readonly { readonly path: string; readonly target: string }[];
  /** Files to copy, by the folder beneath which they already lie at their own path; `undefined`: elsewhere. */
  readonly bulk: ReadonlyMap<string | undefined, readonly BulkFile[]>;
  /** Files to stream: those in memory, and those with secrets. */
  readonly stream: readonly StreamFile[];
  readonly sentBytes: number;
}

export interface BulkFile {
  readonly entry: FileEntry;
  readonly file: string;
}

export interface StreamFile {
  readonly entry: FileEntry;
  readonly content: { readonly file: string } | { readonly bytes: Uint8Array };
}

export interface StagePlanRequest {
  readonly tree: Tree;
  readonly manifest: Manifest;
  /** What runs, proven; `undefined`: nothing to link from. */
  readonly running: Manifest | undefined;
  readonly ignore?: ((path: string) => boolean) | undefined;
}

/** How a tree gets to a host. Pure. @throws when tree and manifest do not match: a bug. */
export function planStage({ tree, manifest, running, ignore = () => false }: StagePlanRequest): StagePlan {
  const there = new Map(running?.entries.map((entry) => [entry.path, entry]));
  const links: FileEntry[] = [];
  const stream: StreamFile[] = [];
  const bulk = new Map<string | undefined, BulkFile[]>();
  const files = manifest.entries.filter((entry): entry is FileEntry => entry.type === "file");
  for (const entry of files) {
    if (!isIgnored(entry.path, ignore) && isSame(entry, there.get(entry.path))) {
      links.push(entry);
      continue;
    }
    const node = tree.get(entry.path);
    if (node?.type !== "file") throw new Error(`${entry.path} is in the manifest, and no file of the tree`);
    const { content } = node;
    if ("bytes" in content || node.secrets.length > 0) stream.push({ entry, content });
    else put(bulk, { root: rootOf(content.file, entry.path), file: { entry, file: content.file } });
  }
  return {
    dirs: manifest.entries.filter((entry) => entry.type === "dir"),
    links,
    symlinks: manifest.entries.filter((entry) => entry.type === "link"),
    bulk,
    stream,
    sentBytes: files.reduce((sum, { size }) => sum + size, 0) - links.reduce((sum, { size }) => sum + size, 0),
  };
}

function isSame(wanted: FileEntry, there: Entry | undefined): boolean {
  return (
    there?.type === "file" && there.sha256 === wanted.sha256 && there.size === wanted.size && there.mode === wanted.mode
  );
}

/** The folder beneath which `file` lies at `relative`; `undefined` when it lies at another path. */
function rootOf(file: string, relative: string): string | undefined {
  const suffix = `${path.sep}${relative}`;
  return file.endsWith(suffix) ? file.slice(0, -suffix.length) || "/" : undefined;
}

function put(
  bulk: Map<string | undefined, BulkFile[]>,
  { root, file }: { root: string | undefined; file: BulkFile },
): void {
  const files = bulk.get(root);
  if (files === undefined) bulk.set(root, [file]);
  else files.push(file);
}
