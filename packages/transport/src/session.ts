import { FacsimileError } from "@facsimile/core";
import { type FileEntry, type Manifest, parseManifest } from "@facsimile/manifest";
import type { Channel } from "./channel.ts";
import { failureOf } from "./failures.ts";
import type { Reply, Request } from "./framing.ts";
import { libraries } from "./libraries.ts";
import { parseListing, Records, type Stats } from "./listing.ts";
import { takeLock } from "./lock.ts";
import { freeLock, readLock } from "./lock-free.ts";
import { reachable } from "./mirror-plan.ts";
import { mirrorWay } from "./mirror-way.ts";
import { checkDir, checkPlace, checkRelease, placeArgs } from "./place.ts";
import { parseProbe } from "./probe.ts";
import { readFiles } from "./read-files.ts";
import { type Bulk, preflight } from "./rsync.ts";
import { runCommand } from "./run.ts";
import { isIgnored, optionsFor, splitShared, withoutHolders } from "./shared.ts";
import {
  type Endpoint,
  type HostFacts,
  type Listing,
  type ListOptions,
  type Place,
  type Probe,
  type ProbeOptions,
  RECORD_FILES,
  type RecordOptions,
  type ReleaseRecord,
  type Session,
} from "./types.ts";

/** What the parts of a session share. */
export interface Host {
  readonly name: string;
  /** As the session says it, asked once. */
  facts(): Promise<HostFacts>;
  /** @throws what {@link failureOf} makes of a refusal. */
  ask(request: Request): Promise<Buffer>;
  /** How large files get there that it has in another form; `undefined` on this machine. */
  bulk(): Promise<Bulk | undefined>;
}

export interface SessionParts {
  readonly endpoint: Endpoint;
  readonly host: Host;
  readonly userHome: string;
  readonly noisy: boolean;
  readonly close: () => Promise<void>;
}

export function sessionOf({ endpoint, host, userHome, noisy, close }: SessionParts): Session {
  return {
    host: host.name,
    endpoint,
    userHome,
    noisy,
    facts: host.facts,
    probe: (place, options) => probe(host, { place, ...optionsFor(place, options ?? {}) }),
    readRecord: (place, options) => readRecord(host, { place, ...options }),
    readFiles: (place, request) => readFiles(host, { place, ...request }),
    list: async (place, options) => (await list(host, { place, ...optionsFor(place, options ?? {}) })).listing,
    way: async (place, request) => (place.strategy === "mirror" ? mirrorWay(host, { place, ...optionsFor(place, request) }) : []), // biome-ignore format: one line
    libraries: (question) => libraries(host, question),
    lock: (request) => takeLock(host, request),
    readLock: (home) => readLock(host, home),
    freeLock: (home, lock) => freeLock(host, { home, lock }),
    run: (request) => runCommand(host, request),
    preflight: () => preflight(host),
    close,
  };
}

/** @throws FacsimileError */
export async function askHost(
  channel: Channel,
  { name, request }: { name: string; request: Request },
): Promise<Buffer> {
  const reply: Reply = await channel.ask(request);
  if (reply.failure !== undefined || reply.status !== 0) throw failureOf(name, reply);
  return reply.body;
}

/** Drift comes last: listings follow it. */
const LOOKS = ["lock", "history", "last", "space", "record", "state", "drift"] as const;
const EVERYTHING = LOOKS.filter((one) => one !== "last");

export async function probe(host: Host, request: ProbeOptions & { readonly place: Place }): Promise<Probe> {
  const { place, look = EVERYTHING, wanted, shared = [] } = request;
  checkPlace(place);
  const spaceFor = wanted === undefined ? "space" : `space:${checkDir(wanted)}`;
  const looks = LOOKS.filter((one) => look.includes(one)).flatMap((one) => {
    if (one === "drift") return [...shared.map((path) => `shared:${path}`), one];
    return one === "space" ? spaceFor : one;
  });
  const body = await host.ask({ op: "probe", args: [...placeArgs(place), ...looks] });
  return parseProbe(body, request);
}

export async function readRecord(
  host: Host,
  { place, release = "", files: names = RECORD_FILES }: RecordOptions & { readonly place: Place },
): Promise<ReleaseRecord | undefined> {
  checkPlace(place);
  if (release !== "") checkRelease(release);
  const records = new Records(await host.ask({ op: "read", args: [...placeArgs(place), release, ...names] }));
  const found = records.next();
  if (found === "" || records.done) return undefined;
  const texts = names.map((name) => [name, records.next()] as const);
  const files = texts.filter(([, text]) => text.startsWith("+")).map(([name, text]) => [name, text.slice(1)]);
  return { release: found, files: Object.fromEntries(files) };
}

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
