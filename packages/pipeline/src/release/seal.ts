import { mkdirSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { errnoOf, FacsimileError } from "@facsimile/core";
import { formatManifest, formatSums, writeTree } from "@facsimile/manifest";
import type { Keyring, Trust } from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { describe, distinctTrees, isWithheld } from "./describe.ts";
import { PARTIAL, placesIn, releaseFolder } from "./layout.ts";
import { type Copy, type HostCopy, parseRelease, type Release } from "./release.ts";
import { findSealed } from "./sealed.ts";

/** A release on this machine, complete and signed. */
export interface SealedRelease {
  readonly release: Release;
  /** The bytes that were signed. */
  readonly json: Uint8Array;
  /** Armored, detached. */
  readonly signature: string;
  /** The folder with the tree's files, without those that hold secrets. */
  readonly filesOf: (treeId: string) => string;
  /** It was there, and is used again. */
  readonly isOld: boolean;
}

export type SealContext = PipelineContext &
  Pick<Release, "state" | "definition"> & { readonly keyring: Keyring; readonly trust: Trust };

/**
 * Seals a copy into `RELEASE/<instance>/<project>/<release id>/`: built beside, signed, renamed into place. What is
 * already sealed under that id is read again, byte by byte, and used if it is whole and says the same; what is damaged is
 * told and sealed anew. Files that hold secrets are never written.
 *
 * @throws What `writeTree` throws; `NO_SPACE`, `RELEASE_NEWER`
 */
export async function seal(copy: Copy, context: SealContext): Promise<SealedRelease> {
  const folder = releaseFolder(copy, context);
  const { now, keyring, state, definition } = context;
  const release = describe(copy, { state, definition, built: now().toISOString(), builder: keyring.fingerprint });
  const found = await findSealed(release, { ...context, folder });
  const sealed = found ?? (await build(copy, { ...context, folder, release }));
  return { ...sealed, filesOf: placesIn(folder).files, isOld: found !== undefined };
}

type BuildContext = SealContext & { readonly folder: string; readonly release: Release };

async function build(
  copy: Copy,
  context: BuildContext,
): Promise<Pick<SealedRelease, "release" | "json" | "signature">> {
  const parent = path.dirname(context.folder);
  const partial = await partialIn(parent).catch(fullDisk(context));
  const places = placesIn(partial);
  try {
    const written = new Map<string, string>();
    for (const host of distinctTrees(copy.hosts)) await write(host, { partial, written });
    const json = Buffer.from(`${JSON.stringify(context.release, null, 2)}\n`);
    const signature = await context.keyring.sign(json);
    await fs.writeFile(places.json, json, DURABLE);
    await fs.writeFile(places.signature, signature, DURABLE);
    await putInPlace(partial, context);
    return { release: parseRelease(json, path.relative(context.root, context.folder)), json, signature };
  } catch (error) {
    return fullDisk(context)(error);
  } finally {
    await fs.rm(partial, { recursive: true, force: true });
  }
}

async function partialIn(parent: string): Promise<string> {
  makeFolders(parent);
  return fs.mkdtemp(path.join(parent, PARTIAL));
}

/** Synchronous: the other one says ENOENT where no inode is left (as of Node 20). */
function makeFolders(folder: string, mode?: number): void {
  mkdirSync(folder, { recursive: true, mode });
}

/** The system's own words name no disk. */
function fullDisk({ folder, root }: Pick<BuildContext, "folder" | "root">): (error: unknown) => never {
  return (error) => {
    if (!["ENOSPC", "EDQUOT"].includes(errnoOf(error) ?? "")) throw error;
    const parent = path.dirname(folder);
    const message = `${path.relative(root, parent)} cannot be written: ${(error as Error).message}`;
    const hint = `Make room on the disk of ${parent}: facs prune removes releases that nothing needs.`;
    throw new FacsimileError("NO_SPACE", message, { cause: error, hint });
  };
}

// Not of the trees' files: what a power failure takes of those is noticed before the release is used again.
const DURABLE = { flush: true, mode: 0o600 };

/** What is ours in `RELEASE/` is for who built it, whatever the umask; the trees' own files have the modes of the release. */
const OWN = { mode: 0o600 };

async function write(
  { treeId, tree, manifest }: HostCopy,
  { partial, written }: { readonly partial: string; readonly written: Map<string, string> },
): Promise<void> {
  const places = placesIn(partial);
  const folder = places.files(treeId);
  makeFolders(folder, 0o700);
  await fs.writeFile(places.manifest(treeId), formatManifest(manifest), OWN);
  await fs.writeFile(places.sums(treeId), formatSums(manifest), OWN);
  await writeTree(tree, { folder, manifest, written, leaveOut: (name) => isWithheld(tree, name) });
}

/** One rename. What lies there goes first: `findSealed` would not have it. */
async function putInPlace(partial: string, { folder }: BuildContext): Promise<void> {
  const old = `${partial}.old`;
  await fs.rename(folder, old).catch(unless("ENOENT"));
  // rename(2): not over a folder that holds something. Somebody else was as quick, with the same trees.
  await fs.rename(partial, folder).catch(unless("ENOTEMPTY", "EEXIST"));
  await fs.rm(old, { recursive: true, force: true });
  await syncFolder(path.dirname(folder));
}

function unless(...codes: readonly string[]): (error: unknown) => void {
  return (error) => {
    if (!codes.includes(errnoOf(error) ?? "")) throw error;
  };
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await fs.open(folder);
  await handle.sync().finally(() => handle.close());
}
