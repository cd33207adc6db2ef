import type { FacsimileError } from "@facsimile/core";
import { type Host, listProjects, resolve } from "@facsimile/definitions";
import { fanOut, type HeldLock, type Session } from "@facsimile/transport";
import type { PipelineContext } from "../context.ts";
import { closeAll, placeOf, problemOf, type Reached, reachAll } from "../deploy/look/hosts.ts";
import { type Chosen, type ChosenRequest, chosenHosts } from "./chosen.ts";

/** The locks of an instance, as the hosts have them. */
export interface LocksReport {
  readonly schema: "locks/1";
  readonly instance: string;
  readonly hosts: readonly LockedHome[];
}

/** One home of one host: most hosts have one. */
export interface LockedHome {
  readonly host: string;
  readonly region: string | undefined;
  readonly home: string;
  /** Why it could not be asked. */
  readonly problem?: FacsimileError | undefined;
  /** Declared down: why. It was not asked. */
  readonly down?: string | undefined;
  /** Seconds since 1970 by the host's clock, when it was asked. */
  readonly clock?: number | undefined;
  /** As it was found; undefined: free. */
  readonly lock?: HeldLock | undefined;
  /** Where it was to be freed: `changed`: it was renewed, freed or taken by another just before, and is left as it is. */
  readonly outcome?: "freed" | "kept" | "changed" | undefined;
}

export interface ReleaseLocksRequest extends ChosenRequest {
  /** Asked once, before a lock is taken from a run that may still be at work. Those whose time is over are freed already. */
  readonly confirm: (live: readonly LockedHome[], freed: readonly LockedHome[]) => Promise<boolean>;
}

/** Asks every chosen host who has its lock. Nothing is changed. */
export async function readLocks(request: ChosenRequest, context: PipelineContext): Promise<LocksReport> {
  return await withLocks(request, context, async (found) => found.map(({ at }) => at));
}

/** Frees locks whose time is over, and, if that is confirmed, those of runs that may still be at work. */
export async function releaseLocks(request: ReleaseLocksRequest, context: PipelineContext): Promise<LocksReport> {
  return await withLocks(request, context, async (found) => {
    const first = await Promise.all(found.map((one) => (one.at.lock?.expired ? free(one) : one.at)));
    const live = first.filter(({ lock, outcome }) => lock !== undefined && outcome === undefined);
    const isConfirmed = live.length > 0 && (await request.confirm(live, first.filter(({ outcome }) => outcome === "freed"))); // biome-ignore format: one line
    const second = found.map(async (one, index): Promise<LockedHome> => {
      const at = first[index] ?? one.at;
      if (!live.includes(at)) return at;
      return isConfirmed ? free(one) : { ...at, outcome: "kept" };
    });
    return await Promise.all(second);
  });
}

interface Found {
  readonly host: Host;
  readonly at: LockedHome;
  /** Of a host that answered. */
  readonly session: Session | undefined;
}

async function withLocks(
  request: ChosenRequest,
  context: PipelineContext,
  work: (found: readonly Found[]) => Promise<readonly LockedHome[]>,
): Promise<LocksReport> {
  const chosen = await chosenHosts(request, context);
  const homes = await homesOf(chosen, context);
  const reached = await reachAll(chosen, context);
  try {
    const found = await Promise.all(reached.map((one) => look(one, homes(one.host))));
    const down = chosen.down.map((host) => ({ ...named(host), home: "", down: String(host.down) }));
    const hosts = [...(await work(found.flat())), ...down];
    return { schema: "locks/1", instance: chosen.definition.instance.full, hosts };
  } finally {
    await closeAll(reached);
  }
}

/** Where the projects of the instance lie on a host: each place has a lock of its own. @throws `HOME_MISSING` */
async function homesOf(
  { conglomerate, definition }: Chosen,
  { env }: PipelineContext,
): Promise<(host: Host) => readonly string[]> {
  const { instance, values } = definition;
  const projects = (await listProjects(conglomerate)).filter((name) => values.versions?.[name] !== undefined);
  const definitions = await Promise.all(projects.map((project) => resolve(conglomerate, { instance, project, env })));
  return (host) => {
    const mine = definitions.filter(({ hosts }) => hosts.some(({ name }) => name === host.name));
    const views = mine.length > 0 ? mine : [definition];
    return [...new Set(views.map((view) => placeOf(view, { project: view.project ?? "", host }).home))];
  };
}

async function look(reached: Reached, homes: readonly string[]): Promise<readonly Found[]> {
  const { host } = reached;
  if (!("session" in reached))
    return [{ host, at: { ...named(host), home: homes.join(", "), problem: reached.problem }, session: undefined }];
  const { session } = reached;
  const found = await fanOut(homes, { work: (home) => session.readLock(home) });
  return found.map((outcome) => {
    const at = { ...named(host), home: outcome.item };
    if (outcome.status === "done") return { host, session, at: { ...at, ...outcome.value } };
    return { host, session, at: { ...at, problem: problemOf(outcome.status === "failed" ? outcome.error : undefined, host) } }; // biome-ignore format: one line
  });
}

async function free({ host, at, session }: Found): Promise<LockedHome> {
  if (session === undefined || at.lock === undefined) return at;
  try {
    return { ...at, outcome: (await session.freeLock(at.home, at.lock)) ? "freed" : "changed" };
  } catch (error) {
    return { ...at, problem: problemOf(error, host) };
  }
}

function named({ name, region }: Host): Pick<LockedHome, "host" | "region"> {
  return { host: name, region };
}
