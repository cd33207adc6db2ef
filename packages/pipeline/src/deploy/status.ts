import type { FacsimileError } from "@facsimile/core";
import type { Host } from "@facsimile/definitions";
import { type DeployedState, fanOut, type HistoryEntry, type LockHolder, type Probe } from "@facsimile/transport";
import type { PipelineContext } from "../context.ts";
import type { HostFilter } from "../instance/chosen-hosts.ts";
import type { CopyRequest, Outline } from "../instance/outline.ts";
import { type NamedKey, namesOf } from "../people/names.ts";
import { chosenOutline } from "./chosen.ts";
import { closeAll, probeProjects, problemOf, type Reached, reachAll } from "./hosts.ts";

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
  /** Of the last entry of the history; undefined where nothing runs. */
  readonly version: string | undefined;
  readonly release: string | undefined;
  /** ISO 8601, UTC, and by whom. */
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
  return { ...named(host), lock, states, projects: probes.map(({ project, probe }) => projectStatus(project, probe)) };
}

function projectStatus(project: string, { current, snapshot, moved, history }: Probe): ProjectStatus {
  const last = current === undefined ? undefined : history.findLast(({ dir }) => dir === current.dir);
  const { version, at, by } = last ?? {};
  return { project, version, release: current?.release, since: at, by, snapshot, moved, history };
}

function named({ name, region }: Host): Pick<HostStatus, "host" | "region"> {
  return { host: name, region };
}
