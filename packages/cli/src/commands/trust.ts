import { listTrusted, openMemory } from "@facsimile/state";
import { EXIT, exitOf } from "../exit.ts";
import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { openWorld } from "../open-world.ts";
import { trustListText } from "../text/trust.ts";

/** Prints whose signatures count. */
export async function trustListCommand({ options, world, run }: Invocation): Promise<void> {
  const { own: root, configDir, env, now } = await openWorld(world, { options, run });
  const listing = await listTrusted({ root, configDir, env, now, memory: openMemory({ configDir }) });
  if (options.json) printJson({ schema: "trust-list/1", ...listing }, world);
  else world.print(trustListText(listing, { style: world.style, configDir }));
  run.status = listing.problem === undefined ? EXIT.done : exitOf(listing.problem);
}
