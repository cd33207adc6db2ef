import { type HostName, parseHost, parseTarget, type TargetName } from "@facsimile/core";
import type { Host, InstanceValues } from "./types.ts";

export interface HostsOptions {
  readonly project: string | undefined;
  /** The controller's, for a local instance. */
  readonly system: string;
}

/** True where `deploy.nodes` names no host. It need not have passed the schema. */
export function isLocal(nodes: unknown): boolean {
  if (typeof nodes !== "object" || nodes === null) return true;
  return Object.values(nodes).every((hosts) => Array.isArray(hosts) && hosts.length === 0);
}

/** The hosts that the project lands on, in the order that `deploy.nodes` first names them; users come from views. */
export function hostsOf(values: InstanceValues, options: HostsOptions): readonly Host[] {
  const allowed = targetsOf(values, options.project);
  const targets = targetsByHost(values);
  if (isLocal(values.deploy.nodes)) return [localHost(values, { system: options.system, targets: allowed ?? [] })];
  return [...targets].flatMap(([name, all]) => {
    const own = allowed === undefined ? all : allowed.filter((target) => all.includes(target));
    return own.length === 0 ? [] : [host(values, { name, targets: own })];
  });
}

/** The targets of the project, or of all projects; undefined where they name none and any will do. */
export function targetsOf(values: InstanceValues, project: string | undefined): readonly TargetName[] | undefined {
  const projects = Object.entries(values.projects ?? {}).filter(([name]) => project === undefined || name === project);
  const lists = projects.map(([, { targets }]) => targets);
  if (lists.length === 0 || lists.includes(undefined)) return undefined;
  return [...new Set(lists.flatMap((list) => list ?? []))].map(parseTarget);
}

function targetsByHost(values: InstanceValues): ReadonlyMap<HostName, readonly TargetName[]> {
  const found = new Map<HostName, TargetName[]>();
  for (const [target, hosts] of Object.entries(values.deploy.nodes ?? {})) {
    for (const name of new Set(hosts)) {
      const host = parseHost(name);
      found.set(host, [...(found.get(host) ?? []), parseTarget(target)]);
    }
  }
  return found;
}

function host(values: InstanceValues, { name, targets }: Pick<Host, "name" | "targets">): Host {
  const { address, port, region, system, user, down } = values.hosts?.[name] ?? {};
  return {
    name,
    address: address ?? name,
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(region === undefined ? {} : { region }),
    system: system ?? "linux",
    targets,
    ...(down === undefined || down === false ? {} : { down: down === true ? "marked as down" : down }),
  };
}

function localHost(values: InstanceValues, { system, targets }: Pick<Host, "system" | "targets">): Host {
  const name = parseHost("local");
  const described = host(values, { name, targets });
  const { address, system: declared } = values.hosts?.["local"] ?? {};
  return { ...described, address: address ?? "127.0.0.1", system: declared ?? system };
}
