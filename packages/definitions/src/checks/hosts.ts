import { type HostName, parseHost, parseTarget, type TargetName } from "@facsimile/core";
import { memoized, NOTHING } from "../memo.ts";
import type { Host, InstanceValues } from "../types.ts";
import { freeze } from "../value.ts";

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

/** The hosts that the project lands on, in the order that `deploy.nodes` first names them. The user is that of no view. */
export function hostsOf({ deploy, hosts, projects }: InstanceValues, { project, system }: HostsOptions) {
  const allowed = targetsOf(projects, project);
  if (deploy.nodes === undefined) return freeze(findHosts({ deploy, hosts }, { allowed, system }));
  const known = hostsByTargets(deploy.nodes, deploy, hosts ?? NOTHING);
  const id = `${system} ${allowed?.join(" ")}`;
  const found = known.get(id) ?? freeze(findHosts({ deploy, hosts }, { allowed, system }));
  known.set(id, found);
  return found;
}

const hostsByTargets = memoized(
  (_nodes: object, _deploy: object, _hosts: object) => new Map<string, readonly Host[]>(),
);

type Places = { readonly [Key in "deploy" | "hosts"]: InstanceValues[Key] };

function findHosts(
  values: Places,
  { allowed, system }: { allowed: readonly TargetName[] | undefined; system: string },
): readonly Host[] {
  if (isLocal(values.deploy.nodes)) return [localHost(values, { system, targets: allowed ?? [] })];
  return [...targetsByHost(values)].flatMap(([name, all]) => {
    const own = allowed === undefined ? all : allowed.filter((target) => all.includes(target));
    return own.length === 0 ? [] : [host(values, { name, targets: own })];
  });
}

/** The targets of the project, or of all projects; undefined where they name none and any will do. */
export function targetsOf(projects: InstanceValues["projects"], project: string | undefined) {
  const all = targetsByProject(projects ?? NO_PROJECTS);
  return project === undefined ? all.of : all.by.get(project);
}

const targetsByProject = memoized((projects: NonNullable<InstanceValues["projects"]>) => {
  const by = new Map(Object.entries(projects).map(([name, { targets }]) => [name, targets?.map(parseTarget)]));
  const lists = [...by.values()];
  const isOpen = lists.length === 0 || lists.includes(undefined);
  return { by, of: isOpen ? undefined : [...new Set(lists.flatMap((list) => list ?? []))] };
});

const NO_PROJECTS: NonNullable<InstanceValues["projects"]> = Object.freeze({});

function targetsByHost({ deploy }: Places): ReadonlyMap<HostName, readonly TargetName[]> {
  const found = new Map<HostName, TargetName[]>();
  for (const [target, hosts] of Object.entries(deploy.nodes ?? {})) {
    for (const name of new Set(hosts)) {
      const host = parseHost(name);
      found.set(host, [...(found.get(host) ?? []), parseTarget(target)]);
    }
  }
  return found;
}

function host(values: Places, { name, targets }: Pick<Host, "name" | "targets">): Host {
  const { address, port, region, system, user = values.deploy.user, down } = values.hosts?.[name] ?? {};
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

function localHost(values: Places, { system, targets }: Pick<Host, "system" | "targets">): Host {
  const name = parseHost("local");
  const described = host(values, { name, targets });
  const { address, system: declared } = values.hosts?.["local"] ?? {};
  return { ...described, address: address ?? "127.0.0.1", system: declared ?? system };
}
