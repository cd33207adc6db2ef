import { didYouMean, FacsimileError, parseHost, parseTarget } from "@facsimile/core";
import { entryOf, isList, type ValueMap, valueAt } from "./value.ts";
import type { Viewer } from "./views.ts";

/** Whose eyes to look through; nobody's where all are left out. */
export interface ViewerNames {
  readonly host?: string | undefined;
  readonly target?: string | undefined;
  readonly region?: string | undefined;
}

/**
 * Who looks, by name, as `values` (folded, maybe not yet right) describe the hosts.
 *
 * @throws `UNKNOWN_HOST`, `UNKNOWN_TARGET`, `UNKNOWN_REGION`
 */
export function viewerOf(
  values: ValueMap,
  { host, target, region, system }: ViewerNames & { readonly system: string },
): Viewer {
  const nodes = entryOf(valueAt(values, ["deploy"]), "nodes");
  const hosts = Object.values(nodes ?? {}).flatMap((list) => (isList(list) ? list.map(String) : []));
  if (host !== undefined) check({ what: "host", name: host, known: [...Object.keys(values["hosts"] ?? {}), ...hosts] });
  if (target !== undefined) check({ what: "target", name: target, known: targetsIn(values) });
  if (region !== undefined) check({ what: "region", name: region, known: regionsIn(values) });
  if (host !== undefined) return hostViewer(values, host);
  return {
    system: target === undefined && region === undefined ? system : "linux",
    ...(target === undefined ? {} : { targets: [parseTarget(target)] }),
    ...(region === undefined ? {} : { region }),
  };
}

function hostViewer(values: ValueMap, host: string): Viewer {
  const nodes = Object.entries(valueAt(values, ["deploy", "nodes"]) ?? {});
  const own = nodes.filter(([, list]) => isList(list) && list.includes(host)).map(([target]) => parseTarget(target));
  const [region, system] = ["region", "system"].map((key) => valueAt(values, ["hosts", host, key]));
  return {
    name: parseHost(host),
    system: typeof system === "string" ? system : "linux",
    targets: own,
    ...(typeof region === "string" ? { region } : {}),
  };
}

function targetsIn(values: ValueMap): readonly string[] {
  const projects = Object.values(values["projects"] ?? {}).map((project) => entryOf(project, "targets"));
  const named = projects.flatMap((list) => (isList(list) ? list.map(String) : []));
  return [...named, ...Object.keys(valueAt(values, ["deploy", "nodes"]) ?? {})];
}

function regionsIn(values: ValueMap): readonly string[] {
  const described = Object.values(values["hosts"] ?? {}).map((host) => entryOf(host, "region"));
  return [
    ...Object.keys(values["regions"] ?? {}),
    ...described.flatMap((region) => (region == null ? [] : [String(region)])),
  ];
}

function check({ what, name, known }: { what: "host" | "target" | "region"; name: string; known: readonly string[] }) {
  if (known.includes(name)) return;
  const near = didYouMean(name, known);
  const all = known.length === 0 ? `The instance has no ${what}s.` : `There are ${[...new Set(known)].join(", ")}.`;
  throw new FacsimileError(`UNKNOWN_${what.toUpperCase()}`, `there is no ${what} ${name}`, {
    hint: near === undefined ? all : `Did you mean ${near}?`,
  });
}
