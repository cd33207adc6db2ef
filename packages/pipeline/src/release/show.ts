import type { Difference, Entry, Manifest } from "@facsimile/manifest";
import type { PipelineContext } from "../context.ts";
import { type NamedKey, namesOf } from "../people/names.ts";
import { findRelease } from "./find.ts";
import type { Release } from "./release.ts";
import { trustingFor } from "./trusting.ts";
import { damageIn, readManifests, readPlaced } from "./whole.ts";

export interface ShownRelease {
  readonly schema: "show/1";
  /** Relative to the root. */
  readonly folder: string;
  /** As it was signed, by somebody who is trusted. */
  readonly release: Release;
  readonly builder: NamedKey | undefined;
  readonly trees: readonly ShownTree[];
  /** How its files here differ from what was signed; paths begin with the tree's id. */
  readonly damage: readonly Difference[];
}

export interface ShownTree {
  readonly tree: string;
  readonly hosts: readonly string[];
  readonly secrets: readonly string[];
  readonly entries: readonly ShownEntry[];
}

/** `withheld`: it holds a secret, and only hosts have it. */
export type ShownEntry = Entry & { readonly withheld: boolean };

/**
 * One release in full, each byte held against the signature.
 *
 * @param word As {@link findRelease} takes it.
 * @throws `UNKNOWN_RELEASE`, `RELEASE_INVALID`; what `readSealed` throws for its signature
 */
export async function showRelease(word: string, context: PipelineContext): Promise<ShownRelease> {
  const place = await findRelease(word, context);
  const { folder, name } = place;
  const { release } = await readPlaced(place, await trustingFor(place.instance, context));
  const manifests = await readManifests(folder, { release, name });
  const damage = await damageIn(folder, { release, manifests, name });
  const [builder] = await namesOf([release.builder], context);
  const trees = [...manifests].map(([tree, manifest]) => shownTree(tree, { release, manifest }));
  return { schema: "show/1", folder: name, release, builder, trees, damage };
}

function shownTree(tree: string, { release, manifest }: { release: Release; manifest: Manifest }): ShownTree {
  const { secrets = [], withheld = [] } = release.trees[tree] ?? {};
  const held = new Set(withheld);
  const hosts = Object.entries(release.hosts).flatMap(([host, id]) => (id === tree ? [host] : []));
  const entries = manifest.entries.map((entry) => ({ ...entry, withheld: held.has(entry.path) }));
  return { tree, hosts, secrets, entries };
}
