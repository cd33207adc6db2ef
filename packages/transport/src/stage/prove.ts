import { compareTrees, type Difference, type FileEntry, type Manifest } from "@facsimile/manifest";
import { list } from "../list.ts";
import type { StageRequest } from "../lock-types.ts";
import { isIgnored, missingLink } from "../shared.ts";
import { amountOf } from "../wire/amount.ts";
import type { Changer } from "./changer.ts";

export interface ProofRequest extends StageRequest {
  readonly place: Parameters<Changer["args"]>[0];
  /** Folder of `releases/`. */
  readonly dir: string;
  /** Under which the host keeps what it saw, for the snapshot. */
  readonly key: string;
  /** Links to proven files: they are not hashed again. Default: everything is hashed. */
  readonly linked?: ReadonlyMap<string, FileEntry> | undefined;
}

export interface Proof {
  /** To the manifest; empty when it is that tree. */
  readonly differences: readonly Difference[];
  readonly actual: Manifest;
}

/** Has the host list and hash a tree. */
export async function prove(changer: Changer, request: ProofRequest): Promise<Proof> {
  const { place, manifest, ignore = () => false, shared, dir, key, linked } = request;
  const hashed = manifest.entries.filter(({ path }) => linked?.has(path) !== true);
  const bytes = hashed.reduce((sum, entry) => sum + (entry.type === "file" ? entry.size : 0), 0);
  const what = [linked === undefined ? "all" : "new", amountOf(hashed.length, bytes)];
  const args = [...changer.args(place).slice(2), dir, key, ...what];
  const { listing } = await list(changer.host, { place, prove: args, ignore, shared, linked, manifest });
  const expected = { entries: manifest.entries.filter(({ path }) => !isIgnored(path, ignore)) };
  const differences = [...compareTrees(expected, listing.manifest), ...listing.unlinked.map(missingLink)];
  return { differences, actual: listing.manifest };
}
