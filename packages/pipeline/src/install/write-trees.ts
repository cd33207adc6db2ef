import {
  chmodSync,
  closeSync,
  fchmodSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { compareBytes, FacsimileError, type Redactor } from "@facsimile/core";
import type { Tree, TreeNode } from "@facsimile/manifest";
import type { RenderedProject } from "./render-trees.ts";
import { assertElsewhere, assertReplaceable, type Folders, MARKER, markerText } from "./rendered-folder.ts";

export interface WriteOptions {
  /** Absolute. */
  readonly dir: string;
  /** Write secrets as they are, and let nobody else read anything. Else they are masked. */
  readonly reveal: boolean;
  readonly redactor: Redactor;
  /** Those of the conglomerate, which are no place for it. */
  readonly folders: Folders;
}

export interface WrittenTrees {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Writes `<project>/<host>/…` and, for what lands nowhere, `<project>/_DEMAND_/…` into `dir`: whole or not at all, in place
 * of what an earlier run wrote there. Whatever else `dir` holds is a reason not to.
 *
 * @throws `OUT_REFUSED`
 */
export async function writeTrees(projects: readonly RenderedProject[], options: WriteOptions): Promise<WrittenTrees> {
  const dir = path.resolve(options.dir);
  await assertElsewhere(dir, options.folders);
  const isThere = await assertReplaceable(dir);
  await fs.mkdir(path.dirname(dir), { recursive: true });
  const temporary = await fs.mkdtemp(`${dir}.facs-`);
  try {
    const written = fill(temporary, { nodes: layout(projects), ...options });
    if (isThere) await fs.rename(dir, `${temporary}.old`);
    await fs.rename(temporary, dir);
    await fs.rm(`${temporary}.old`, { recursive: true, force: true });
    return written;
  } catch (error) {
    await fs.rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

type Nodes = ReadonlyMap<string, TreeNode>;

/** A host cannot be called `_DEMAND_`: names of hosts begin with a letter or digit. */
function layout(projects: readonly RenderedProject[]): Nodes {
  const nodes = new Map<string, TreeNode>();
  const add = (top: string, tree: Tree) => {
    for (const [name, node] of tree) nodes.set(inside(`${top}/${name}`), node);
  };
  for (const { project, hosts, demand } of projects) {
    for (const { host, tree } of hosts) add(`${project}/${host}`, tree);
    add(`${project}/_DEMAND_`, demand);
  }
  return nodes;
}

function inside(name: string): string {
  const parts = name.split("/");
  if (parts.every((part) => part !== "" && part !== "." && part !== "..") && !name.includes("\0")) return name;
  throw new FacsimileError("OUT_REFUSED", `${JSON.stringify(name)} cannot be written below a folder`);
}

// Synchronous: for many small files four trips to the thread pool each take longer than the writing.
function fill(root: string, { nodes, ...options }: WriteOptions & { nodes: Nodes }): WrittenTrees {
  const { folders, files, links } = sorted(nodes);
  for (const folder of folders) mkdirSync(path.join(root, folder), { mode: 0o700 });
  let bytes = 0;
  for (const [name, node] of files) {
    const content = contentOf(node, options);
    writeNew(path.join(root, name), { content, mode: modeOf(node, options) });
    bytes += content.byteLength;
  }
  // Last, so that nothing is ever written through one.
  for (const [name, target] of links) symlinkSync(target, path.join(root, name));
  const made = [...folders, ...files.map(([name]) => name), ...links.map(([name]) => name)];
  const marker = { content: Buffer.from(markerText(made)), mode: options.reveal ? 0o600 : 0o644 };
  writeNew(path.join(root, MARKER), marker);
  // Modes of folders come last too: one that may not be written to can be filled before.
  for (const folder of [...folders].reverse()) chmodSync(path.join(root, folder), modeOf(nodes.get(folder), options));
  chmodSync(root, options.reveal ? 0o700 : 0o755);
  return { files: files.length, bytes };
}

function sorted(nodes: Nodes) {
  const entries = [...nodes];
  const parents = entries.flatMap(([name, node]) => [...ancestors(name), ...(node.type === "dir" ? [name] : [])]);
  return {
    folders: [...new Set(parents)].sort(compareBytes),
    files: entries.flatMap(([name, node]) => (node.type === "file" ? [[name, node] as const] : [])),
    links: entries.flatMap(([name, node]) => (node.type === "link" ? [[name, node.target] as const] : [])),
  };
}

function ancestors(name: string): string[] {
  const parts = name.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

type FileNode = TreeNode & { readonly type: "file" };

/** What no secret went into is not looked through: an ordinary word may be a password by chance. */
function contentOf({ content, secrets }: FileNode, { reveal, redactor }: WriteOptions): Uint8Array {
  const bytes = "bytes" in content ? content.bytes : readFileSync(content.file);
  return reveal || secrets.length === 0 ? bytes : Buffer.from(redactor.redact(Buffer.from(bytes).toString()));
}

function modeOf(node: TreeNode | undefined, { reveal }: WriteOptions): number {
  const mode = node === undefined || node.type === "link" ? 0o755 : node.mode;
  return reveal ? mode & 0o700 : mode;
}

/** The mode is set by itself: the umask would take from it. */
function writeNew(file: string, { content, mode }: { content: Uint8Array; mode: number }): void {
  const handle = openSync(file, "wx", 0o600);
  try {
    writeFileSync(handle, content);
    fchmodSync(handle, mode);
  } finally {
    closeSync(handle);
  }
}
