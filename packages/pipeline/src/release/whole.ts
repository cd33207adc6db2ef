import fs from "node:fs/promises";
import { errnoOf, FacsimileError, isFacsimileError, problemsOf, sha256 } from "@facsimile/core";
import { compareTrees, type Difference, type Entry, formatSums, hashTree, type Manifest, parseManifest, treeId } from "@facsimile/manifest"; // biome-ignore format: one line
import { type Trust, verifyDetached } from "@facsimile/state";
import type { ReleaseFolder } from "./folders.ts";
import { placesIn } from "./layout.ts";
import { parseRelease, type Release } from "./release.ts";
import type { Trusting } from "./trusting.ts";

export interface SealedBytes {
  readonly release: Release;
  /** The bytes that were signed. */
  readonly json: Buffer;
  /** Armored, detached. */
  readonly signature: string;
}

/**
 * Reads a sealed release and checks who signed it.
 *
 * @param name What messages call it.
 * @param scope What the signer must be trusted for. Default: the scope of which the release says it is.
 * @throws `RELEASE_INVALID`, `RELEASE_NEWER`; what `verifyDetached` throws
 */
export async function readSealed(
  folder: string,
  { name, trust, scope }: { readonly name: string; readonly trust: Trust; readonly scope?: string | undefined },
): Promise<SealedBytes> {
  const places = placesIn(folder);
  const [json, signature] = await Promise.all([fs.readFile(places.json), fs.readFile(places.signature, "utf8")]).catch(
    (cause: unknown) => {
      if (errnoOf(cause) !== "ENOENT") throw cause;
      throw damaged(name, "its release.json or the signature is not there", cause);
    },
  );
  const release = parseRelease(json, name);
  await verifyDetached({ bytes: json, signature, trust, scope: scope ?? release.state.scope, name });
  return { release, json, signature };
}

/**
 * Reads what lies in a folder of `RELEASE/`, as {@link readSealed}, and checks that it is the release of that place: a
 * copy in the folder of another instance or project would pass for one of theirs.
 *
 * @throws `RELEASE_INVALID`; what {@link readSealed} throws
 */
export async function readPlaced(place: ReleaseFolder, trusting: Trusting): Promise<SealedBytes> {
  const { folder, name, ...said } = place;
  const sealed = await readSealed(folder, { ...trusting, name });
  const { instance, project, id } = sealed.release;
  const isThere = instance === said.instance && project === said.project && id === said.id;
  if (!isThere) throw damaged(name, `it is the release ${id.slice(0, 7)} of ${instance}/${project}, moved or copied there`); // biome-ignore format: one line
  return sealed;
}

/**
 * The manifests of a release's trees, by tree id, each held against the signed document.
 *
 * @throws `RELEASE_INVALID`, `MANIFEST_NEWER`
 */
export async function readManifests(
  folder: string,
  { release, name }: { readonly release: Release; readonly name: string },
): Promise<ReadonlyMap<string, Manifest>> {
  const places = placesIn(folder);
  const read = Object.entries(release.trees).map(async ([id, { sums }]) => {
    const [manifest, text] = await Promise.all([
      fs.readFile(places.manifest(id), "utf8"),
      fs.readFile(places.sums(id)),
    ]);
    const parsed = parseManifest(manifest);
    const isTrue = treeId(parsed) === id && sha256(text) === sums && sha256(formatSums(parsed)) === sums;
    if (!isTrue) throw damaged(name, `the manifest or the SHA256SUMS of tree ${id.slice(0, 7)} is another`);
    return [id, parsed] as const;
  });
  const settled = await Promise.allSettled(read);
  const lost = settled.find(({ status }) => status === "rejected") as PromiseRejectedResult | undefined;
  if (lost === undefined) return new Map(await Promise.all(read));
  if (isFacsimileError(lost.reason) && lost.reason.code !== "MANIFEST_INVALID") throw lost.reason;
  if (errnoOf(lost.reason) !== "ENOENT" && !isFacsimileError(lost.reason)) throw lost.reason;
  throw damaged(name, "a manifest is not there, or not whole", lost.reason);
}

/**
 * How a release's files differ from its manifests, each byte read; empty when it is whole. Paths begin with the tree id.
 */
export async function damageIn(
  folder: string,
  {
    release,
    manifests,
    name,
  }: { readonly release: Release; readonly manifests: ReadonlyMap<string, Manifest>; readonly name: string },
): Promise<readonly Difference[]> {
  const wanted = [...manifests].flatMap(([id, { entries }]) => {
    const withheld = new Set(release.trees[id]?.withheld);
    const own = entries.filter(({ path }) => !withheld.has(path));
    return own.map((entry) => ({ ...entry, path: `${id}/${entry.path}` }));
  });
  const found = await hashTree(placesIn(folder).trees).catch((error: unknown) => {
    if (!isFacsimileError(error)) throw error;
    throw damaged(name, problemsOf(error)[0]?.message ?? "", error);
  });
  const isOurs = (id: string) => manifests.has(id);
  return compareTrees({ entries: wanted }, { entries: found.entries.flatMap((entry) => inTrees(entry, isOurs)) });
}

// `<tree id>/files/etc/a` is `<tree id>/etc/a` of a manifest; what lies elsewhere is neither, and stays to be told.
function inTrees(entry: Entry, isOurs: (id: string) => boolean): readonly Entry[] {
  const [id = "", place = "", ...rest] = entry.path.split("/");
  if (isOurs(id) && rest.length === 0 && OWN.includes(place)) return [];
  return [place === "files" ? { ...entry, path: `${id}/${rest.join("/")}` } : entry];
}

const OWN = ["", "manifest", "SHA256SUMS", "files"];

export function damaged(name: string, what: string, cause?: unknown): FacsimileError {
  return new FacsimileError("RELEASE_INVALID", `${name} is not whole: ${what}`, {
    cause,
    hint: "It was damaged or edited since it was sealed. facs build makes it anew.",
  });
}
