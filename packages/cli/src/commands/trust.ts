import { openMemory, trustedSigners } from "@facsimile/state";
import { printJson } from "../follow.ts";
import { openConglomerate } from "../open-world.ts";
import type { Invocation } from "../program.ts";

/** Prints whose signatures count. */
export async function trustListCommand({ options, world, run }: Invocation): Promise<void> {
  const { own } = await openConglomerate(world, { options, run });
  const { configDir, env } = world;
  const trust = await trustedSigners({ configDir, env, root: own, memory: openMemory({ configDir }) });
  printJson({ schema: "trust-list/1", trusted: [...trust.signers] }, world);
}
