import fs from "node:fs/promises";
import path from "node:path";
import { FacsimileError, type Position } from "@facsimile/core";
import { checkoutFolder } from "@facsimile/definitions";
import { type PipelineContext, workFolders } from "../context.ts";
import type { GitPlace } from "../git.ts";
import { addressOf, secretsOf } from "./git/address.ts";
import { lfsPointers } from "./git/lfs.ts";
import { type Mirror, mirrorOf } from "./git/mirror.ts";
import type { Named } from "./git/remote.ts";
import { noteUrl, type Placed, placeWorkTree, readWorkTree } from "./git/work-tree.ts";
import { notDone } from "./stages.ts";
import { versionAt } from "./versions.ts";

export interface CheckoutRequest {
  readonly project: string;
  /** As `git clone` takes it; a path may be relative to the conglomerate. */
  readonly repo: string;
  /** A tag, a branch, or the id of a commit in 7 digits or more. */
  readonly version: string;
  /** Folder of the project within the repository. Default: its root. */
  readonly subfolder?: string | undefined;
  /** Where the definition names the repository. */
  readonly position?: Position | undefined;
}

export interface Checkout {
  /** The project's sources, absolute. */
  readonly dir: string;
  /** The whole repository at that version, absolute. */
  readonly top: string;
  /** What the version names: a tag and a commit stay what they are. */
  readonly kind: Named["kind"] | "working tree";
  /** Of a working tree, the digest of what was taken. */
  readonly commit: string;
}

/** What a release is made from, as it says itself. */
export function provenanceOf({ kind, commit }: Checkout): { readonly commit: string } | { readonly dirty: string } {
  return kind === "working tree" ? { dirty: commit } : { commit };
}

/**
 * Puts one version of a project's sources into `SRC/<project>-<version>/`, or checks the one that is there. A branch is
 * taken as it is now.
 *
 * @throws `NO_SOURCE` (no such repository, or no such version in it), `TAG_MOVED`, `SOURCE_DIRTY`, `SOURCE_FOREIGN`,
 *   `SUBMODULE_REFUSED`
 */
export async function checkout(request: CheckoutRequest, context: PipelineContext): Promise<Checkout> {
  const { project, version, position } = request;
  const { sources } = workFolders(context);
  const folder = checkoutFolder({ project, version }, sources);
  const address = addressOf(request.repo, context.root);
  context.redactor.add(...secretsOf(address));
  const mirror = mirrorOf(address, sources);
  await fs.mkdir(sources, { recursive: true });
  const at = { ...context, cwd: sources, sources };
  const found: Found = { ...request, mirror, folder, here: await readHere(folder, at) };
  const named = await versionAt({ project, version, mirror, here: found.here, position }, at);
  const isHere = await agree(found, { ...at, named });
  if (!isHere || named.kind === "branch")
    context.onEvent({ type: "checkout", project, version, ...(named.kind === "branch" && { commit: named.commit }) });
  if (!isHere) {
    await placeWorkTree({ mirror, folder, named }, at);
    await tellPointers(found, at);
  }
  return { dir: path.join(folder, request.subfolder ?? "."), top: folder, ...named };
}

/** The checkout that is there, as it is: nobody is asked whether its version has moved. @throws `STAGE_NOT_DONE` */
export async function checkoutHere(
  request: CheckoutRequest & { readonly instance: string },
  context: PipelineContext,
): Promise<Checkout> {
  const { project, version, subfolder = "." } = request;
  const { sources } = workFolders(context);
  const folder = checkoutFolder({ project, version }, sources);
  const here = await readHere(folder, { ...context, cwd: sources });
  if (here === undefined) throw notDone("checkout", request);
  return { dir: path.join(folder, subfolder), top: folder, kind: here.kind, commit: here.commit };
}

async function tellPointers({ folder, project, version }: Found, place: GitPlace & PipelineContext): Promise<void> {
  const [first, ...others] = await lfsPointers(folder, place);
  if (first === undefined) return;
  const which = others.length === 0 ? `${first} is a pointer` : `${first} and ${others.length} others are pointers`;
  place.onEvent({
    type: "warning",
    message: `${project} ${version}: ${which} of Git LFS, and would be deployed as that`,
    hint: `git lfs install, then: rm -r ${path.relative(place.root, folder)}`,
  });
}

interface Found extends CheckoutRequest {
  readonly mirror: Mirror;
  readonly folder: string;
  readonly here: Placed | undefined;
}

/** @throws `SOURCE_FOREIGN`, `SOURCE_DIRTY` */
async function readHere(folder: string, place: GitPlace & PipelineContext): Promise<Placed | undefined> {
  const name = path.relative(place.root, folder);
  const entries = await fs.readdir(folder).catch(() => undefined);
  if (entries === undefined || entries.length === 0) return undefined;
  const placed = entries.includes(".git") ? await readWorkTree(folder, place) : undefined;
  // It is put there in one step, so that this is no rest of an interrupted checkout.
  if (placed === undefined) {
    throw new FacsimileError("SOURCE_FOREIGN", `${name} is not a checkout that git can read`, {
      hint: `Move away what you need of it, then: rm -r ${name}`,
    });
  }
  if (placed.changes === "") return placed;
  throw new FacsimileError("SOURCE_DIRTY", `${name} was changed by hand:\n${placed.changes}`, {
    hint: `Commit what you need of it to its repository under a new version, then: rm -r ${name}`,
  });
}

/** True when what is there is what is wanted; false when it may be put there. @throws `TAG_MOVED` */
async function agree(
  { here, folder, mirror, project, version }: Found,
  { named, ...place }: GitPlace & PipelineContext & { readonly named: Named },
): Promise<boolean> {
  const { url } = mirror.address;
  if (here === undefined) return false;
  const isSame = here.commit === named.commit;
  if (isSame && here.kind === named.kind) {
    // The repository has moved, and its content is the same.
    if (here.url !== url) await noteUrl(folder, { ...place, url });
    return true;
  }
  if (isSame || (here.kind === "branch" && named.kind === "branch")) return false;
  const [was, is, name] = [here.commit.slice(0, 12), named.commit.slice(0, 12), path.relative(place.root, folder)];
  const before = here.url === url || here.url === "" ? "" : ` in ${addressOf(here.url, "/").url}`;
  throw new FacsimileError("TAG_MOVED", `${project}: ${version} was ${was}${before} and is now ${is} in ${url}`, {
    hint: `A version should name one content for ever. To take the new one: rm -r ${name}`,
  });
}
