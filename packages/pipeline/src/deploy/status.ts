import { type FacsimileError, isFacsimileError } from "@facsimile/core";
import type { Host } from "@facsimile/definitions";
import {
  type DeployedState,
  fanOut,
  type HistoryEntry,
  type LockHolder,
  type Place,
  type Probe,
} from "@facsimile/transport";
import type { PipelineContext } from "../context.ts";
import type { HostFilter } from "../instance/chosen-hosts.ts";
import type { CopyRequest, Outline } from "../instance/outline.ts";
import { type NamedKey, namesOf } from "../people/names.ts";
import { parseRelease } from "../release/release.ts";
import { chosenOutline } from "./chosen.ts";
import {
  type Answering,
  closeAll,
  isHalfSwitched,
  placeOf,
  probeProjects,
  problemOf,
  type Reached,
  reachAll,
} from "./look/hosts.ts";
import { isConfirmed } from "./plan/compare.ts";

/** What every host says of itself, in one round trip each; no file is hashed. */
export interface StatusReport {
  readonly schema: "status/1";
  readonly instance: string;
  readonly hosts: readonly HostStatus[];
  /** Whose keys those are that `by` names. */
  readonly people: readonly NamedKey[];
}

export interface HostStatus {
  readonly host: string;
  readonly region: string | undefined;
  /** Why it could not be asked. */
  readonly problem?: FacsimileError | undefined;
  /** Declared down: why. Nobody asked it. */
  readonly down?: string | undefined;
  /** Who deploys there now. */
  readonly lock?: LockHolder | undefined;
  /** Of which states deploys to it were, one for each scope. */
  readonly states?: readonly DeployedState[];
  readonly projects: readonly ProjectStatus[];
}

export interface ProjectStatus {
  readonly project: string;
  /** Another instance or project has taken the place over: what runs there is its own, and not told here. */
  readonly owner?: Probe["owner"];
  /** Undefined where nothing of it runs. */
  readonly version: string | undefined;
  readonly release: string | undefined;
  /** It runs none whole: a switch of a mirror was begun, and neither ended nor taken back. */
  readonly torn?: true | undefined;
  /** The run that brought it there came to its end: else it was switched, and its commands may not have run. */
  readonly confirmed: boolean;
  /** ISO 8601, UTC, and by whom, where it was confirmed. */
  readonly since: string | undefined;
  readonly by: string | undefined;
  /** Against what the last deploy left: `same`; `moved`: only `facs verify` can tell; `unknown`: nothing was left. */
  readonly snapshot: Probe["snapshot"];
  /** Paths that moved, sorted. */
  readonly moved: readonly string[];
  /** Oldest first. */
  readonly history: readonly HistoryEntry[];
}

/** Asks every host of an instance what it runs, since when, and who is at work there. Nothing is changed. */
export async function status(request: CopyRequest & HostFilter, context: PipelineContext): Promise<StatusReport> {
  const outlined = await chosenOutline(request, context);
  const reached = await reachAll(outlined, context);
  try {
    const limit = outlined.definition.values.deploy.parallel;
    const outcomes = await fanOut(reached, { limit, work: (one) => hostStatus(one, outlined) });
    const asked = outcomes.map((outcome) => {
      if (outcome.status === "done") return outcome.value;
      const { host } = outcome.item;
      return { ...named(host), projects: [], problem: problemOf(outcome.status === "failed" ? outcome.error : undefined, host) }; // biome-ignore format: one line
    });
    const down = outlined.down.map((host) => ({ ...named(host), down: String(host.down), projects: [] }));
    const hosts = [...asked, ...down];
    return { schema: "status/1", instance: outlined.instance.full, hosts, people: await peopleOf(hosts, context) };
  } finally {
    await closeAll(reached);
  }
}

function peopleOf(hosts: readonly HostStatus[], context: PipelineContext): Promise<readonly NamedKey[]> {
  const all = hosts.flatMap(({ projects }) => projects.flatMap(({ history }) => history.map(({ by }) => by)));
  return namesOf(
    [...new Set(all)].filter((by) => /^[0-9A-F]{40}$/.test(by)),
    context,
  );
}

async function hostStatus(reached: Reached, { projects }: Outline): Promise<HostStatus> {
  const { host } = reached;
  if (!("session" in reached)) return { ...named(host), projects: [], problem: reached.problem };
  const probes = await probeProjects(reached, projects, ["lock", "history", "state", "drift"]);
  const lock = probes.find(({ probe }) => probe.lock !== undefined)?.probe.lock;
  const states = probes[0]?.probe.states ?? [];
  const told = probes.map(async ({ project, probe }) => {
    const definition = projects.find((one) => one.project === project)?.definition;
    const place = definition && placeOf(definition, { project, host });
    if (probe.owner !== undefined) return takenOver(project, probe);
    const torn = place !== undefined && isHalfSwitched(place, probe);
    return {
      ...projectStatus(project, probe, await versionOf(probe, { ...reached, place })),
      ...(torn ? { torn } : {}),
    };
  });
  return { ...named(host), lock, states, projects: await Promise.all(told) };
}

function projectStatus(project: string, probe: Probe, version: string | undefined): ProjectStatus {
  const { current, snapshot, moved, history } = probe;
  const confirmed = isConfirmed({ probe });
  const last = confirmed && history.at(-1)?.release === current?.release ? history.at(-1) : undefined;
  return { project, version, release: current?.release, confirmed, since: last?.at, by: last?.by, snapshot, moved, history }; // biome-ignore format: one line
}

/** Histories stay with the place, with what both of them deployed there. */
function takenOver(project: string, { owner, history }: Probe): ProjectStatus {
  const nothing = { version: undefined, release: undefined, since: undefined, by: undefined };
  return { project, owner, ...nothing, confirmed: false, snapshot: "unknown", moved: [], history };
}

/** As a run confirmed it, then or earlier; of what none did, as the host's record of the release has it. */
async function versionOf(
  { current, history }: Probe,
  { session, host, place }: Answering & { readonly place: Place | undefined },
): Promise<string | undefined> {
  const known = history.findLast(({ release }) => release === current?.release)?.version;
  if (known !== undefined || current?.release === undefined || place === undefined) return known;
  const record = await session.readRecord(place, { release: current.release, files: ["release.json"] });
  const text = record?.files["release.json"];
  try {
    return text === undefined ? undefined : parseRelease(Buffer.from(text), `release.json on ${host.name}`).version;
  } catch (error) {
    if (isFacsimileError(error)) return undefined; // It is damaged: what runs there is told by its id.
    throw error;
  }
}

function named({ name, region }: Host): Pick<HostStatus, "host" | "region"> {
  return { host: name, region };
}
