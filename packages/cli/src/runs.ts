import { compareBytes } from "@facsimile/core";
import type { HostStatus, StatusReport } from "@facsimile/pipeline";
import { groupBy } from "./text/words.ts";

/** What ran on an instance's hosts: `facs history --json`, described in docs/formats/runs-1.md. */
export interface RunsDocument extends Pick<StatusReport, "instance" | "people"> {
  readonly schema: "runs/1";
  /** Newest first, by when each began to be confirmed anywhere; several projects of one run, each by itself. */
  readonly runs: readonly ConfirmedRun[];
  /** Places that another instance or project took over. */
  readonly taken: readonly TakenPlace[];
  /** Hosts that told nothing: they did not answer, or are declared down. */
  readonly unasked: readonly Pick<HostStatus, "host" | "region" | "problem" | "down">[];
}

export interface TakenPlace extends Pick<HostStatus, "host"> {
  readonly project: string;
  /** Whose it is now. */
  readonly owner: NonNullable<HostStatus["projects"][number]["owner"]>;
}

/** A release that one run brought to hosts. */
export interface ConfirmedRun {
  readonly run: string;
  readonly action: string;
  readonly project: string;
  readonly version: string;
  /** Its id. */
  readonly release: string;
  /** Fingerprint of the key that signed. */
  readonly by: string;
  /** When the first of its hosts confirmed it: ISO 8601, UTC. */
  readonly at: string;
  /** Those that remember it, in the order of the definition. */
  readonly hosts: readonly string[];
}

/** Takes the runs out of what every host remembers, without those of another instance that had the place. Pure. */
export function runsOf({ instance, hosts, people }: StatusReport): RunsDocument {
  const entries = hosts.flatMap(({ host, projects }) =>
    projects.flatMap(({ project, history }) =>
      history
        .filter(({ instance: whose = instance }) => whose === instance)
        .map((entry) => ({ host, project, ...entry })),
    ),
  );
  const alike = groupBy(entries, ({ run, project, release, action }) =>
    JSON.stringify([run, project, release, action]),
  );
  const runs = [...alike.values()].map((group): ConfirmedRun => {
    const [{ run, action, project, version, release, by }] = group as [(typeof group)[number]];
    return { run, action, project, version, release, by, at: earliest(group), hosts: group.map(({ host }) => host) };
  });
  const began = new Map([...groupBy(runs, ({ run }) => run)].map(([run, group]) => [run, earliest(group)]));
  const order = ({ run, project }: ConfirmedRun) => `${began.get(run)} ${run} ${project}`;
  const sorted = runs.sort((a, b) => compareBytes(order(b), order(a)));
  return { schema: "runs/1", instance, runs: sorted, taken: hosts.flatMap(taken), unasked: hosts.flatMap(unasked), people }; // biome-ignore format: one line
}

function taken({ host, projects }: HostStatus): TakenPlace[] {
  return projects.flatMap(({ project, owner }) => (owner === undefined ? [] : [{ host, project, owner }]));
}

function earliest(all: readonly { readonly at: string }[]): string {
  return all.map(({ at }) => at).reduce((first, at) => (compareBytes(at, first) < 0 ? at : first));
}

function unasked({ host, region, problem, down }: HostStatus): RunsDocument["unasked"] {
  return problem === undefined && down === undefined ? [] : [{ host, region, problem, down }];
}
