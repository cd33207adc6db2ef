import { didYouMean, FacsimileError, type HostName, meantOr, type TargetName } from "@facsimile/core";
import { isLocal } from "../checks/hosts.ts";
import { entryOf, isList, isMap, type Value, type ValueMap, valueAt } from "../value.ts";
import type { Viewer } from "./views.ts";

/** Whose eyes to look through; nobody's where all are left out. */
export interface ViewerNames {
  /** Its region, system and targets with it. */
  readonly host?: string | undefined;
  readonly target?: string | undefined;
  readonly region?: string | undefined;
}

export interface ViewerOptions extends ViewerNames {
  readonly project?: string | undefined;
  /** The controller's. */
  readonly system: string;
}

/**
 * Who looks, by name, as `values` (folded, maybe not yet right) describe the hosts.
 *
 * @throws `UNKNOWN_HOST`, `UNKNOWN_TARGET`, `UNKNOWN_REGION`
 */
export function viewerOf(values: ValueMap, options: ViewerOptions): Viewer {
  const { host, target, region, system } = options;
  if (host !== undefined) {
    check({ what: "host", name: host, known: hostsIn(values) });
    return hostViewer(values, { ...options, host });
  }
  if (target !== undefined) check({ what: "target", name: target, known: targetsIn(values) });
  if (region !== undefined) check({ what: "region", name: region, known: regionsIn(values) });
  const isNobody = target === undefined && region === undefined;
  return {
    system: isNobody || isLocal(nodesIn(values)) ? system : "linux",
    ...(target === undefined ? {} : { targets: [target as TargetName] }),
    ...(region === undefined ? {} : { region }),
  };
}

/** As `hostsOf` has the host; also where it has no target of the project. Names are not checked: what is wrong with them is told elsewhere. */
function hostViewer(values: ValueMap, { host, project, system }: ViewerOptions & { readonly host: string }): Viewer {
  const local = isLocal(nodesIn(values));
  const [region, declared] = ["region", "system"].map((key) => valueAt(values, ["hosts", host, key]));
  const allowed = projectTargets(values, project);
  const nodes = Object.entries(nodesIn(values) ?? {}).filter(([, list]) => isList(list) && list.includes(host));
  const own = nodes.map(([target]) => target as TargetName);
  return {
    name: host as HostName,
    system: typeof declared === "string" ? declared : local ? system : "linux",
    targets: local ? (allowed ?? []) : (allowed?.filter((target) => own.includes(target)) ?? own),
    ...(typeof region === "string" ? { region } : {}),
  };
}

/** Of the project, or of all projects; undefined where they name none and any will do. */
function projectTargets(values: ValueMap, project: string | undefined): readonly TargetName[] | undefined {
  const projects = Object.entries(values["projects"] ?? {}).filter(([name]) => (project ?? name) === name);
  const lists = projects.map(([, each]) => entryOf(each, "targets")).map((list) => (isList(list) ? list : undefined));
  if (lists.length === 0 || lists.includes(undefined)) return undefined;
  return [...new Set(lists.flatMap((list) => (list ?? []).map((target) => String(target) as TargetName)))];
}

function nodesIn(values: ValueMap): Value | undefined {
  return valueAt(values, ["deploy", "nodes"]);
}

function hostsIn(values: ValueMap): readonly string[] {
  const nodes = nodesIn(values);
  if (isLocal(nodes)) return ["local"];
  const named = Object.values(nodes ?? {}).flatMap((list) => (isList(list) ? list.map(String) : []));
  return [...named, ...keysOf(values["hosts"])];
}

function targetsIn(values: ValueMap): readonly string[] {
  const projects = Object.values(values["projects"] ?? {}).map((project) => entryOf(project, "targets"));
  const named = projects.flatMap((list) => (isList(list) ? list.map(String) : []));
  return [...named, ...keysOf(nodesIn(values))];
}

function regionsIn(values: ValueMap): readonly string[] {
  const described = Object.values(values["hosts"] ?? {}).map((host) => entryOf(host, "region"));
  return [...keysOf(values["regions"]), ...described.flatMap((each) => (typeof each === "string" ? each : []))];
}

function keysOf(value: Value | undefined): readonly string[] {
  return isMap(value) ? Object.keys(value) : [];
}

function check({ what, name, known }: { what: "host" | "target" | "region"; name: string; known: readonly string[] }) {
  if (known.includes(name)) return;
  const all = known.length === 0 ? `The instance has no ${what}s.` : `There are ${[...new Set(known)].join(", ")}.`;
  throw new FacsimileError(`UNKNOWN_${what.toUpperCase()}`, `there is no ${what} ${name}`, {
    hint: meantOr(didYouMean(name, known), all),
  });
}
