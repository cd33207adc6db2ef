import path from "node:path";
import { FacsimileError, isFacsimileError } from "@facsimile/core";
import type { Definition, Host } from "@facsimile/definitions";
import {
  connect,
  type Endpoint,
  fanOut,
  type Place,
  type Probe,
  type ProbeOptions,
  type Session,
  type TreeOptions,
} from "@facsimile/transport";
import picomatch from "picomatch";
import type { PipelineContext } from "../../context.ts";
import type { Outline } from "../../instance/outline.ts";

/** A host that answered, or why it did not. */
export type Reached = Answering | { readonly host: Host; readonly problem: FacsimileError };

export interface Answering {
  readonly host: Host;
  readonly session: Session;
}

/** Opens one session per host, several at a time. Every one must be closed. */
export async function reachAll(
  { definition, hosts }: Pick<Outline, "definition" | "hosts">,
  context: PipelineContext,
): Promise<Reached[]> {
  const limit = definition.values.deploy.parallel;
  const outcomes = await fanOut(hosts, {
    limit,
    work: (host) => connectTo(host, definition, context),
  });
  return outcomes.map((outcome): Reached => {
    const { item: host } = outcome;
    if (outcome.status !== "done")
      return { host, problem: problemOf(outcome.status === "failed" ? outcome.error : undefined, host) };
    context.onEvent({ type: "host", host: host.name, phase: "connected" });
    return { host, session: outcome.value };
  });
}

/** Opens a session with one host, which must be closed. @throws what `connect` throws */
export function connectTo(
  host: Host,
  definition: Definition,
  context: Omit<PipelineContext, "onEvent">,
): Promise<Session> {
  return connect(endpointOf(host, definition), connectOptions(definition, context));
}

export async function closeAll(reached: readonly Reached[]): Promise<void> {
  await Promise.all(reached.map((one) => ("session" in one ? one.session.close() : undefined)));
}

/** A failure as the host's report has it; a mistake of ours goes on up. */
export function problemOf(error: unknown, host: Host): FacsimileError {
  if (isFacsimileError(error)) return error;
  if (error === undefined || (error instanceof Error && error.name === "AbortError")) return stopped(host);
  throw error;
}

function stopped({ name }: Host): FacsimileError {
  return new FacsimileError("STOPPED", `${name}: the run was stopped`);
}

function endpointOf(host: Host, { local }: Definition): Endpoint {
  if (local) return { kind: "local", name: host.name };
  const { name, address, port, user } = host;
  return {
    kind: "ssh",
    name,
    address,
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
  };
}

/** Seconds; as long as somebody takes to look at a plan. */
const PERSIST = 60;

function connectOptions(
  { values }: Definition,
  { own, env, sshConfig, signal }: Omit<PipelineContext, "onEvent">,
): Parameters<typeof connect>[1] {
  const knownHosts = path.join(own, "hosts", "known_hosts");
  const persist = values.ssh?.persist ?? PERSIST;
  return { env, sshConfig, knownHosts, signal, persist, tmpDir: socketFolder(env["TMPDIR"]) };
}

// unix(7): a socket's path has at most 107 bytes, and rsync splits the command that names it at blanks.
function socketFolder(tmpdir: string | undefined): string | undefined {
  return tmpdir !== undefined && /^\/[^\s'"]{1,60}$/.test(tmpdir) ? tmpdir : undefined;
}

/** Where a project's copy lies on a host. @throws `HOME_MISSING` */
export function placeOf(definition: Definition, { project, host }: { project: string; host: Host }): Place {
  const { home, deploy } = definition.view(host);
  if (home !== undefined) return { home, instance: definition.instance.full, project, strategy: deploy.strategy };
  throw new FacsimileError("HOME_MISSING", `${definition.instance.full} says no home for ${host.name}`, {
    hint: 'Set home, e.g. home: "/srv/shop" (or "shop", below the home of the user who logs in).',
  });
}

/** A switch of a mirror was begun there, and neither ended nor taken back: parts of two copies lie in the home. Pure. */
export function isHalfSwitched(
  { strategy }: Pick<Place, "strategy">,
  { current, unsettled }: Pick<Probe, "current" | "unsettled">,
): boolean {
  return strategy === "mirror" && current === undefined && unsettled;
}

/** What a host says of those of the projects that lie on it. @throws `HOME_MISSING`; what {@link Session.probe} throws */
export function probeProjects(
  { host, session }: Answering,
  projects: readonly { readonly project: string; readonly definition: Definition }[],
  look?: ProbeOptions["look"],
): Promise<readonly { readonly project: string; readonly probe: Probe }[]> {
  const mine = projects.filter(({ definition }) => definition.hosts.some(({ name }) => name === host.name));
  return Promise.all(
    mine.map(async ({ project, definition }) => {
      const place = placeOf(definition, { project, host });
      return { project, probe: await session.probe(place, { ...treeOptions(definition, host), look }) };
    }),
  );
}

/** Which paths of a tree are the host's own business. */
export function treeOptions(definition: Definition, host: Host): TreeOptions {
  const { shared = [], mutable = [] } = definition.view(host).deploy;
  const alone = [...mutable, ...shared];
  return mutable.length === 0 ? { shared, alone } : { shared, alone, ignore: matcherOf(mutable) };
}

const matchers = new Map<string, (path: string) => boolean>();

function matcherOf(patterns: readonly string[]): (path: string) => boolean {
  const key = JSON.stringify(patterns);
  const matcher = matchers.get(key) ?? picomatch([...patterns], { dot: true });
  matchers.set(key, matcher);
  return matcher;
}
