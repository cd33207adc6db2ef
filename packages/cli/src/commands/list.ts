import { EXIT } from "../exit.ts";
import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { openWorld } from "../open-world.ts";
import { instanceText, listText } from "../text/list.ts";

export interface ListInvocation extends Invocation {
  readonly instance: string | undefined;
}

/** Prints what the conglomerate holds, or one instance in full. */
export async function listCommand({ instance, options, world, run }: ListInvocation): Promise<void> {
  const pipeline = await openWorld(world, { options, run });
  const { list, listOne } = await import("@facsimile/pipeline");
  const listing = instance === undefined ? await list(pipeline) : await listOne(instance, pipeline);
  const [only] = listing.instances;
  if (options.json) printJson(listing, world);
  else world.print(instance === undefined || only === undefined ? listText(listing) : instanceText(only));
  if (listing.instances.some(({ problems }) => problems.length > 0)) run.status = EXIT.failed;
}
