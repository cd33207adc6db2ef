import { didYouMean, FacsimileError, meantOr, throwProblems } from "@facsimile/core";
import type { Definition, Host } from "@facsimile/definitions";
import type { WantedHosts } from "./wanted-hosts.ts";

/** Which hosts are meant: those that every list has. A list that is not there leaves all; an empty one leaves none. */
export interface HostFilter {
  readonly hosts?: readonly string[] | undefined;
  readonly targets?: readonly string[] | undefined;
  readonly regions?: readonly string[] | undefined;
}

/**
 * The wanted hosts that the filter leaves, in their order.
 *
 * @throws `UNKNOWN_HOST`, `UNKNOWN_TARGET`, `UNKNOWN_REGION` for names that the instance does not have, all at once;
 *   `NO_HOSTS` where the filter leaves no host, or none but those that are declared down
 */
export function chooseHosts(
  wanted: WantedHosts & { readonly projects?: readonly { readonly project: string }[] },
  { filter, definition }: { filter: HostFilter; definition: Pick<Definition, "instance" | "hosts" | "values"> },
): WantedHosts {
  if (KINDS.every((kind) => filter[kind] === undefined)) return wanted;
  throwProblems(KINDS.flatMap((kind) => unknownNames(kind, { names: filter[kind] ?? [], definition })));
  const isChosen = (host: Host) => KINDS.every((kind) => has(filter[kind], namesOf[kind](host)));
  const chosen = { hosts: wanted.hosts.filter(isChosen), down: wanted.down.filter(isChosen) };
  if (chosen.hosts.length > 0) return chosen;
  const others = definition.hosts.filter(isChosen);
  if (chosen.down.length === 0 && others.length > 0 && wanted.projects !== undefined)
    throw noneHolds(others, { projects: wanted.projects, instance: definition.instance.full });
  throw noneLeft(chosen.down, { filter, instance: definition.instance.full });
}

/** @throws `NO_HOSTS` where no host can be asked: what nobody was asked is not well */
export function assertSomeUp({ hosts, down }: WantedHosts, instance: string): void {
  if (hosts.length > 0) return;
  if (down.length === 0) throw new FacsimileError("NO_HOSTS", `${instance} has no hosts for these projects`);
  throw new FacsimileError("NO_HOSTS", `${instance} has no host that is not declared down: ${whyDown(down)}`, {
    hint: "Take `down` out of the definition of a host that is up again.",
  });
}

function whyDown(down: readonly Host[]): string {
  return down.map((host) => `${host.name} (${host.down})`).join(", ");
}

const KINDS = ["hosts", "targets", "regions"] as const;
type Kind = (typeof KINDS)[number];

const namesOf: Readonly<Record<Kind, (host: Host) => readonly string[]>> = {
  hosts: ({ name }) => [name],
  targets: ({ targets }) => targets,
  regions: ({ region }) => (region === undefined ? [] : [region]),
};

/** The filter as it is typed, a blank before each option: ` --hosts web1,web2`. */
export function hostWords(filter: HostFilter): string {
  return KINDS.flatMap((kind) => (filter[kind] === undefined ? [] : [` --${kind} ${filter[kind].join(",")}`])).join("");
}

function has(list: readonly string[] | undefined, names: readonly string[]): boolean {
  return list === undefined || names.some((name) => list.includes(name));
}

function unknownNames(
  kind: Kind,
  { names, definition }: { names: readonly string[]; definition: Pick<Definition, "instance" | "hosts" | "values"> },
): FacsimileError[] {
  const { instance, hosts, values } = definition;
  const described = { hosts: {}, targets: values.deploy.nodes, regions: values.regions }[kind];
  const known = [...new Set([...hosts.flatMap(namesOf[kind]), ...Object.keys(described ?? {})])];
  return [...new Set(names)].filter((name) => !known.includes(name)).map((name) => unknown(kind, { name, known, instance: instance.full })); // biome-ignore format: one line
}

function unknown(
  kind: Kind,
  { name, known, instance }: { name: string; known: readonly string[]; instance: string },
): FacsimileError {
  const what = kind.slice(0, -1);
  const near = didYouMean(name, known);
  const all = known.length === 0 ? `It has no ${kind} at all.` : `It has ${known.join(", ")}.`;
  return new FacsimileError(`UNKNOWN_${what.toUpperCase()}`, `${instance} has no ${what} ${JSON.stringify(name)}`, {
    hint: meantOr(near, all),
  });
}

/** Hosts of the instance, but of other projects. */
function noneHolds(
  hosts: readonly Host[],
  { projects, instance }: { projects: readonly { readonly project: string }[]; instance: string },
): FacsimileError {
  const names = projects.map(({ project }) => project).join(", ");
  const message = `none of the hosts that were chosen of ${instance} runs ${names}: ${hosts.map(({ name }) => name).join(", ")}`; // biome-ignore format: one line
  return new FacsimileError("NO_HOSTS", message, { hint: `What is on which of them: facs list ${instance}` });
}

function noneLeft(
  down: readonly Host[],
  { filter, instance }: { filter: HostFilter; instance: string },
): FacsimileError {
  if (down.length > 0) {
    return new FacsimileError("NO_HOSTS", `what was chosen of ${instance} is declared down: ${whyDown(down)}`, {
      hint: "Choose others; or take `down` out of the definition of a host that is up again.",
    });
  }
  return new FacsimileError("NO_HOSTS", `${instance} has no host with all of:${hostWords(filter)}`, {
    hint: `Its hosts, targets and regions: facs list ${instance}`,
  });
}
