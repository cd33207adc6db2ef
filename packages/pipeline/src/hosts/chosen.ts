import { parseInstance } from "@facsimile/core";
import { type Conglomerate, type Definition, findConglomerate, resolve } from "@facsimile/definitions";
import type { PipelineContext } from "../context.ts";
import { chooseHosts, type HostFilter } from "../instance/chosen-hosts.ts";
import { type WantedHosts, wantedHosts } from "../instance/wanted-hosts.ts";

export interface ChosenRequest {
  readonly instance: string;
  /** Default: all hosts. */
  readonly filter?: HostFilter | undefined;
}

export interface Chosen extends WantedHosts {
  readonly conglomerate: Conglomerate;
  readonly definition: Definition;
}

/** The hosts of an instance, whatever is deployed there, as the definition files that lie here have them. */
export async function chosenHosts(
  { instance, filter = {} }: ChosenRequest,
  { root, env }: Pick<PipelineContext, "root" | "env">,
): Promise<Chosen> {
  const conglomerate = await findConglomerate(root);
  const definition = await resolve(conglomerate, { instance: parseInstance(instance), env });
  const wanted = wantedHosts(definition, [{ definition }]);
  return { conglomerate, definition, ...chooseHosts(wanted, { filter, definition }) };
}
