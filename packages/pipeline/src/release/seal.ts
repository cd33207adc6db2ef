import fs from "node:fs/promises";
import path from "node:path";
import { sha256 } from "@facsimile/core";
import { type Entry, formatManifest, formatSums, type TreeNode } from "@facsimile/manifest";
import type { Keyring } from "@facsimile/state";
import { type PipelineContext, workFolders } from "../context.ts";
import { type Copy, type HostCopy, parseRelease, type Release } from "./release.ts";

/** A release on this machine, complete and signed. */
export interface SealedRelease {
  readonly release: Release;
  /** The bytes that were signed. */
  readonly json: Uint8Array;
  /** Armored, detached. */
  readonly signature: string;
  /** The folder with the tree's files, without those that hold secrets. */
  readonly filesOf: (treeId: string) => string;
}

export interface Provenance {
  readonly state: Release["state"];
  readonly definition: Release["definition"];
}

/**
 * Seals a copy into `RELEASE/<instance>/<project>/<release id>/`: built beside, signed, renamed into place. What is
 * already sealed under that id is used again. Files that hold secrets are never written.
 */
export async function seal(
  copy: Copy,
  context: PipelineContext & Provenance & { readonly keyring: Keyring },
): Promise<SealedRelease> {
  const folder = path.join(workFolders(context).releases, copy.instance, copy.project, copy.id);
  if (!(await isSealed(folder))) await build(copy, { ...context, folder });
  const json = await fs.readFile(path.join(folder, "release.json"));
  const signature = await fs.readFile(path.join(folder, "release.json.asc"), "utf8");
  const filesOf = (treeId: string) => path.join(folder, "trees", treeId, "files");
  return { release: parseRelease(json, path.relative(context.root, folder)), json, signature, filesOf };
}

async function isSealed(folder: string): Promise<boolean> {
  return fs.access(path.join(folder, "release.json.asc")).then(
    () => true,
    () => false,
  );
}

type SealContext = PipelineContext & Provenance & { readonly keyring: Keyring; readonly folder: string };

async function build(copy: Copy, context: SealContext): Promise<void> {
  const parent = path.dirname(context.folder);
  await fs.mkdir(parent, { recursive: true });
  const partial = await fs.mkdtemp(path.join(parent, ".seal-"));
  try {
    await fs.mkdir(path.join(partial, "trees"));
    await fs.mkdir(path.join(partial, ".objects"));
    for (const host of distinct(copy.hosts)) await writeTree(host, { partial });
    await fs.rm(path.join(partial, ".objects"), { recursive: true });
    const json = Buffer.from(`${JSON.stringify(describe(copy, context), null, 2)}\n`);
    await fs.writeFile(path.join(partial, "release.json"), json);
    await fs.writeFile(path.join(partial, "release.json.asc"), await context.keyring.sign(json));
    await fs.rm(context.folder, { recursive: true, force: true });
    await fs.rename(partial, context.folder);
  } finally {
    await fs.rm(partial, { recursive: true, force: true });
  }
}

function describe(copy: Copy, { state, definition, now, keyring }: SealContext): Release {
  return {
    facsimile: "release/1",
    id: copy.id,
    instance: copy.instance,
    project: copy.project,
    version: copy.version,
    hosts: Object.fromEntries(copy.hosts.map(({ host, treeId }) => [host, treeId])),
    trees: Object.fromEntries(
      distinct(copy.hosts).map(({ treeId, manifest, secrets }) => [
        treeId,
        { sums: sha256(formatSums(manifest)), secrets },
      ]),
    ),
    state,
    definition,
    source: copy.source,
    hooks: copy.hooks,
    built: now().toISOString(),
    builder: keyring.fingerprint,
  };
}

function distinct(hosts: readonly HostCopy[]): HostCopy[] {
  return [...new Map(hosts.map((host) => [host.treeId, host])).values()];
}

async function writeTree({ treeId, tree, manifest }: HostCopy, { partial }: { partial: string }): Promise<void> {
  const top = path.join(partial, "trees", treeId);
  const objects = path.join(partial, ".objects");
  await fs.mkdir(path.join(top, "files"), { recursive: true });
  await fs.writeFile(path.join(top, "manifest"), formatManifest(manifest));
  await fs.writeFile(path.join(top, "SHA256SUMS"), formatSums(manifest));
  for (const entry of manifest.entries)
    await writeEntry(entry, { node: tree.get(entry.path), files: path.join(top, "files"), objects });
}

// One object per content and mode, linked into every tree that has it: a hundred hosts cost one copy of the bulk.
async function writeEntry(
  entry: Entry,
  { node, files, objects }: { node: TreeNode | undefined; files: string; objects: string },
): Promise<void> {
  const file = path.join(files, entry.path);
  if (entry.type === "dir") return void (await fs.mkdir(file, { recursive: true }));
  if (entry.type === "link") return fs.symlink(entry.target, file);
  if (node?.type !== "file" || node.secrets.length > 0) return;
  const object = path.join(objects, `${entry.sha256}-${entry.mode}`);
  if (!(await isThere(object))) {
    if ("file" in node.content) await fs.copyFile(node.content.file, object, fs.constants.COPYFILE_FICLONE);
    else await fs.writeFile(object, node.content.bytes);
    await fs.chmod(object, entry.mode);
  }
  await fs.link(object, file);
}

async function isThere(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}
