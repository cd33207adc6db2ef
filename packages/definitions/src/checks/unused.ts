import { didYouMean } from "@facsimile/core";
import { memoized } from "../memo.ts";
import { placeOf } from "../merge/origin.ts";
import type { Step } from "../merge/steps.ts";
import type { DeployValues, Host, InstanceValues, Warning } from "../types.ts";

/** A block that no host sees is right where other instances have such hosts, and a mistake where the name is nearly one of ours. */
export function warnAboutViews(
  steps: readonly Step[],
  { values, hosts, onWarning }: { values: InstanceValues; hosts: readonly Host[]; onWarning(warning: Warning): void },
): void {
  if (steps.every(({ view }) => view === undefined)) return;
  const described = Object.entries(values.hosts ?? {});
  const known = {
    region: [...Object.keys(values.regions ?? {}), ...described.flatMap(([, { region }]) => region ?? [])],
    target: [...Object.keys(values.deploy.nodes ?? {}), ...hosts.flatMap(({ targets }) => targets)],
    host: [...described.map(([name]) => name), ...Object.values(values.deploy.nodes ?? {}).flat()],
  };
  for (const { view, locate } of steps) {
    if (view === undefined || view.kind === "system") continue;
    const names: readonly string[] = known[view.kind];
    const near = names.includes(view.name) ? undefined : didYouMean(view.name, names);
    if (near === undefined) continue;
    const message = `no ${view.kind} is called ${view.name}, so this view is never used`;
    const position = locate([], "key");
    onWarning({ code: "VIEW_UNUSED", message, hint: `Did you mean "@${view.kind}:${near}"?`, position });
  }
}

/** A host that is described and used nowhere, where one that is used is called nearly so and described nowhere. */
export function warnAboutHosts(
  steps: readonly Step[],
  { values, onWarning }: { values: InstanceValues; onWarning(warning: Warning): void },
): void {
  const { nodes } = values.deploy;
  if (nodes === undefined || values.hosts === undefined) return;
  for (const { name, near } of strays(nodes, values.hosts)) {
    const message = `hosts describes ${name}, which no target has`;
    const position = placeOf(steps, { path: ["hosts", name], part: "key" });
    onWarning({ code: "HOST_UNUSED", message, hint: `Did you mean ${near}?`, position });
  }
}

const strays = memoized((nodes: NonNullable<DeployValues["nodes"]>, hosts: object) => {
  const used = new Set(Object.values(nodes).flat());
  const plain = [...used].filter((name) => !Object.hasOwn(hosts, name));
  return (plain.length === 0 ? [] : Object.keys(hosts)).flatMap((name) => {
    const near = used.has(name) ? undefined : didYouMean(name, plain);
    return near === undefined ? [] : [{ name, near }];
  });
});
