import { FacsimileError } from "@facsimile/core";
import { type FileEntry, type Manifest, parseManifest } from "@facsimile/manifest";
import type { Host } from "./host.ts";
import { parseListing, Records, type Stats } from "./look/listing.ts";
import { checkDir, checkPlace, placeArgs } from "./look/place.ts";
import { reachable } from "./mirror/plan.ts";
import { isIgnored, splitShared, withoutHolders } from "./shared.ts";
import { readRecord } from "./stage/read-record.ts";
import type { Listing, ListOptions, Place } from "./types.ts";

export interface Proof {
  readonly listing: Listing;
  readonly stats: Stats;
}

export interface ListRequest extends ListOptions {
  readonly place: Place;
  /** Arguments of op_prove in place of op_list's. */
  readonly prove?: readonly string[];
  /** The manifest that it should have; default: the one of the record. */
  readonly manifest?: Manifest | undefined;
  /** See {@link parseListing}. */
  readonly linked?: ReadonlyMap<string, FileEntry> | undefined;
}

/** Which files to hash, as the agent reads them, and what the others are taken for. */
function someFiles(moved: ListOptions["moved"]) {
  if (moved === undefined) return undefined;
  const files = moved.manifest.entries.filter((entry): entry is FileEntry => entry.type === "file");
  const paths = new Set(moved.paths);
  const hashed = files.filter(({ path }) => paths.has(path)).map(({ path }) => Buffer.from(`./${path}`));
  const linked = new Map(files.filter(({ path }) => !paths.has(path)).map((entry) => [entry.path, entry]));
  const bytes = Buffer.concat(hashed.map((path) => Buffer.concat([path, Buffer.of(0)])));
  return { bytes, hashed, linked };
}

export async function list(host: Host, request: ListRequest): Promise<Proof> {
  const { place, dir = "", prove } = request;
  checkPlace(place);
  if (dir !== "" && prove === undefined) checkDir(dir);
  const some = prove === undefined ? someFiles(request.moved) : undefined;
  const args = [...placeArgs(place), ...(prove ?? [dir, some === undefined ? "all" : "some"])];
  const op = prove === undefined ? "list" : "prove";
  // A tree may move while it is read; once more is enough for what is not moving all the time.
  for (let attempt = 0; attempt < 2; attempt++) {
    const records = new Records(await host.ask({ op, args, bytes: some?.bytes }));
    const found = records.next();
    const parsed = parseListing(records, some ?? request);
    if (parsed === undefined) continue;
    const manifest = place.strategy === "mirror" ? await ofMirror(host, parsed.manifest, request) : parsed.manifest;
    return { listing: { dir: found, ...splitShared(manifest, request) }, stats: parsed.stats };
  }
  throw new FacsimileError("TREE_MOVING", `${host.name}: paths come and go in ${place.project} while it is read`, {
    hint: "Declare what a program writes there as shared or mutable, or try again.",
  });
}

/** Without what lies beyond links, and folders that are there only because programs write into them. */
async function ofMirror(host: Host, listed: Manifest, { place, ignore, manifest }: ListRequest): Promise<Manifest> {
  const near = { entries: [...reachable(listed).values()] };
  if (ignore === undefined || !near.entries.some(({ path }) => isIgnored(path, ignore))) return near;
  const wanted = manifest ?? parseManifest((await readRecord(host, { place, files: ["manifest"] }))?.files["manifest"] ?? ""); // biome-ignore format: one line
  return withoutHolders(near, { wanted, ignore });
}
