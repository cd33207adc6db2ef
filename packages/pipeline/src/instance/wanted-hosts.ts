import type { Definition, Host } from "@facsimile/definitions";

/** The hosts of the wanted projects, as the definition's author lists them. */
export interface WantedHosts {
  /** Without the ones that are declared down. */
  readonly hosts: readonly Host[];
  readonly down: readonly Host[];
}

export function wantedHosts(
  definition: Definition,
  projects: readonly { readonly definition: Definition }[],
): WantedHosts {
  const mine = new Set(projects.flatMap((project) => project.definition.hosts.map(({ name }) => name)));
  const all = inWrittenOrder(definition).filter(({ name }) => mine.has(name));
  return { hosts: all.filter(isUp), down: all.filter((host) => !isUp(host)) };
}

/** As `hosts` of the definition lists them: its author's order is the one that people know. */
function inWrittenOrder({ values, hosts }: Definition): readonly Host[] {
  const order = new Map(Object.keys(values.hosts ?? {}).map((name, index) => [name, index]));
  const rank = ({ name }: Host) => order.get(name) ?? order.size;
  return hosts.toSorted((a, b) => rank(a) - rank(b));
}

export function isUp(host: Host): boolean {
  return host.down === undefined;
}
