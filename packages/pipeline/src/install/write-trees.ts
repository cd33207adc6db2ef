import fs from "node:fs/promises";
import path from "node:path";
import { compareBytes, FacsimileError, type Redactor } from "@facsimile/core";
import type { Tree, TreeNode } from "@facsimile/manifest";
import type { RenderedProject } from "./render-trees.ts";
import { assertReplaceable, MARKER, markerText } from "./rendered-folder.ts";

export interface WriteOptions {
  /** Absolute. */
  readonly dir: string;
  /** Write secrets as they are, and let nobody else read anything. Else they are masked. */
  readonly reveal: boolean;
  readonly redactor: Redactor;
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
  const isThere = await assertReplaceable(dir);
  await fs.mkdir(path.dirname(dir), { recursive: true });
  const temporary = await fs.mkdtemp(`${dir}.facs-`);
  try {
    const written = await fill(temporary, { nodes: layout(projects), ...options });
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

async function fill(root: string, { nodes, ...options }: WriteOptions & { nodes: Nodes }): Promise<WrittenTrees> {
  const { folders, files, links } = sorted(nodes);
  for (const folder of folders) await fs.mkdir(path.join(root, folder), { mode: 0o700 });
  let bytes = 0;
  for (const [name, node] of files) bytes += await writeNode(path.join(root, name), { node, ...options });
  // Last, so that nothing is ever written through one.
  for (const [name, target] of links) await fs.symlink(target, path.join(root, name));
  const made = [...folders, ...files.map(([name]) => name), ...links.map(([name]) => name)];
  await writeNew(path.join(root, MARKER), {
    content: Buffer.from(markerText(made)),
    mode: options.reveal ? 0o600 : 0o644,
  });
  // Modes of folders come last too: one that may not be written to can be filled before.
  for (const folder of [...folders].reverse())
    await fs.chmod(path.join(root, folder), modeOf(nodes.get(folder), options));
  await fs.chmod(root, options.reveal ? 0o700 : 0o755);
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

async function writeNode(file: string, { node, ...options }: WriteOptions & { node: FileNode }): Promise<number> {
  const content = await contentOf(node, options);
  await writeNew(file, { content, mode: modeOf(node, options) });
  return content.byteLength;
}

/** What no secret went into is not looked through: an ordinary word may be a password by chance. */
async function contentOf({ content, secrets }: FileNode, { reveal, redactor }: WriteOptions): Promise<Uint8Array> {
  const bytes = "bytes" in content ? content.bytes : await fs.readFile(content.file);
  return reveal || secrets.length === 0 ? bytes : Buffer.from(redactor.redact(Buffer.from(bytes).toString()));
}

function modeOf(node: TreeNode | undefined, { reveal }: WriteOptions): number {
  const mode = node === undefined || node.type === "link" ? 0o755 : node.mode;
  return reveal ? mode & 0o700 : mode;
}

/** The mode is set by itself: the umask would take from it. */
async function writeNew(file: string, { content, mode }: { content: Uint8Array; mode: number }): Promise<void> {
  const handle = await fs.open(file, "wx", 0o600);
  try {
    await handle.writeFile(content);
    await handle.chmod(mode);
  } finally {
    await handle.close();
  }
}
