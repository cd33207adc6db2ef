import { FacsimileError } from "@facsimile/core";
import type { Host } from "@facsimile/definitions";
import type { PipelineContext } from "../context.ts";
import { assertSomeUp, chooseHosts, type HostFilter } from "../instance/chosen-hosts.ts";
import type { CopyRequest, Outline } from "../instance/outline.ts";
import { outline } from "../instance/outline-of.ts";
import type { TakenUp } from "./journal/resume.ts";

/** A host of the instance that a run does not touch. */
export interface LeftOut {
  readonly host: Host;
  /** As its report says it. */
  readonly why: string;
}

export interface Chosen {
  /** With the hosts that are meant. What they are to hold is what it is for the whole instance. */
  readonly outline: Outline;
  /** All others. */
  readonly left: readonly LeftOut[];
}

/**
 * The hosts that a deploy is for, and why it is not for the others.
 *
 * @throws As {@link chooseHosts} and {@link assertSomeUp}; `NO_HOSTS` where an earlier run left none of them behind
 */
export function chosen(
  outline: Outline,
  { filter, taken }: { readonly filter: HostFilter; readonly taken: TakenUp | undefined },
): Chosen {
  const { hosts } = chooseHosts(outline, { filter, definition: outline.definition });
  const meant = taken === undefined ? hosts : hosts.filter(({ name }) => taken.hosts.has(name));
  if (meant.length === 0 && taken !== undefined) throw nothingLeft(outline, taken);
  assertSomeUp({ hosts, down: outline.down }, outline.instance.full);
  const why = (host: Host) => {
    if (taken === undefined || !hosts.includes(host)) return "not chosen";
    return `${taken.done.has(host.name) ? "done" : "not"} in run ${taken.run}`;
  };
  const left = outline.hosts.filter((host) => !meant.includes(host)).map((host) => ({ host, why: why(host) }));
  const down = outline.down.map((host) => ({ host, why: `down: ${host.down}` }));
  return { outline: { ...outline, hosts: meant }, left: [...left, ...down] };
}

/** The outline of a request, with the hosts that it chooses. @throws As {@link chooseHosts} */
export async function chosenOutline(request: CopyRequest & HostFilter, context: PipelineContext): Promise<Outline> {
  const all = await outline(request, context);
  return { ...all, ...chooseHosts(all, { filter: request, definition: all.definition }) };
}

/** The same, of whose hosts some can be asked. @throws As {@link chooseHosts} and {@link assertSomeUp} */
export async function askedOutline(request: CopyRequest & HostFilter, context: PipelineContext): Promise<Outline> {
  const outlined = await chosenOutline(request, context);
  assertSomeUp(outlined, outlined.instance.full);
  return outlined;
}

function nothingLeft({ instance, hosts, down }: Outline, { run, hosts: left }: TakenUp): FacsimileError {
  const namesOf = (some: readonly Host[]) => some.map(({ name }) => name).filter((name) => left.has(name));
  const [others, still] = [namesOf(hosts), namesOf(down)];
  const what =
    others.length > 0
      ? `run ${run} left ${others.join(", ")} behind, and none that is chosen`
      : still.length > 0
        ? `what run ${run} left behind is down: ${still.join(", ")}`
        : `run ${run} left no host behind`;
  return new FacsimileError("NO_HOSTS", what, { hint: `What runs there: facs status ${instance.full}` });
}
