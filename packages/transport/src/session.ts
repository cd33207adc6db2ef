import type { FacsimileError } from "@facsimile/core";
import { failureOf } from "./failures.ts";
import type { Host } from "./host.ts";
import { list } from "./list.ts";
import { takeLock } from "./lock/lock.ts";
import { freeLock, readLock } from "./lock/lock-free.ts";
import type { HeldLock, HomeLock, Lock, LockRequest } from "./lock-types.ts";
import { type LibraryOffer, type LibraryQuestion, libraries } from "./look/libraries.ts";
import { probe } from "./look/probe.ts";
import { readFiles } from "./look/read-files.ts";
import { mirrorWay } from "./mirror/way.ts";
import type { Probe } from "./probe-types.ts";
import { runCommand } from "./run.ts";
import type { RunRequest, RunResult } from "./run-types.ts";
import { optionsFor } from "./shared.ts";
import { preflight } from "./ssh/rsync.ts";
import { readRecord } from "./stage/read-record.ts";
import type {
  Endpoint,
  FileOnHost,
  FilesRequest,
  HostFacts,
  Listing,
  ListOptions,
  Place,
  ProbeOptions,
  RecordOptions,
  ReleaseRecord,
  WayRequest,
} from "./types.ts";
import type { Channel } from "./wire/channel.ts";
import type { Reply, Request } from "./wire/framing.ts";

/** A session with one host. Requests may be made at any time; the host answers them in order. */
export interface Session {
  readonly host: string;
  readonly endpoint: Endpoint;
  /** The login's home, links resolved. */
  readonly userHome: string;
  /** The shell's start-up files printed something; rsync is then protected from it. */
  readonly noisy: boolean;

  /** Asked once. */
  facts(): Promise<HostFacts>;

  /** What the place holds, in one round trip. Changes nothing. @throws `HOME_REFUSED`, `BAD_HOME` */
  probe(place: Place, options?: ProbeOptions): Promise<Probe>;

  /** Files of the release that the place holds. Changes nothing. */
  readRecord(place: Place, options?: RecordOptions): Promise<ReleaseRecord | undefined>;

  /**
   * Contents of files of a tree, in one round trip, in the order of `paths`. Changes nothing. Links are not followed.
   * @throws `NOTHING_DEPLOYED`
   */
  readFiles(place: Place, request: FilesRequest): Promise<readonly FileOnHost[]>;

  /**
   * The tree as the host's own tools list and hash it: every path with type, mode, size, sha256, target. Changes nothing.
   * A file that the login may not read, and an extra one that nobody asked to hash, has the sha256 {@link UNREADABLE}.
   * @throws `NOTHING_DEPLOYED`, `TREE_MOVING` when paths come and go while it is read
   */
  list(place: Place, options?: ListOptions): Promise<Listing>;

  /**
   * What would refuse a copy whose strategy is mirror, in one round trip: `PATH_CLASH`, `HOME_REFUSED` for links, `NOT_ADOPTED` for
   * single paths of others. Changes nothing. Of releases: nothing, a probe says it.
   */
  way(place: Place, request: WayRequest): Promise<readonly FacsimileError[]>;

  /** Which shared libraries the host has, in one round trip. Changes nothing. */
  libraries(question: LibraryQuestion): Promise<LibraryOffer>;

  /**
   * Takes the lock of a home, for all changes. Renewed until it is released or the session ends; a lost session leaves the
   * lease to run out.
   * @throws `LOCK_HELD` saying by whom, since and until when; `HOME_REFUSED`
   */
  lock(request: LockRequest): Promise<Lock>;

  /** Who has the lock of a home. Changes nothing. @throws `HOME_REFUSED`, `BAD_HOME` */
  readLock(home: string): Promise<HomeLock>;

  /**
   * Takes a lock from the one who has it: what his run asks for next is refused with `LOCK_LOST`. Only that very lock: not one
   * that was taken since, nor, where it was expired, one that was renewed since.
   * @returns Whether it was still there. @throws `HOME_REFUSED`, `BAD_HOME`
   */
  freeLock(home: string, lock: HeldLock): Promise<boolean>;

  /** Runs any command. A non-zero exit is a result, not an error. It does not outlive the session. */
  run(request: RunRequest): Promise<RunResult>;

  /** Reasons why this host cannot get a tree: `RSYNC_MISSING`, `RSYNC_TOO_OLD`, here or there. Empty when all is well. */
  preflight(): Promise<FacsimileError[]>;

  /** Ends the connection, and everything that runs in it. A held lock is not freed. Never throws; may be called twice. */
  close(): Promise<void>;
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
