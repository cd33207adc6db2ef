import { follow, printJson } from "../follow.ts";
import { openWorld } from "../open-world.ts";
import type { Invocation } from "../program.ts";
import { buildText } from "../text/build.ts";

export interface BuildInvocation
  extends Invocation<{ readonly set?: readonly string[]; readonly acceptRollback?: true }> {
  readonly instance: string;
  readonly projects: readonly string[];
}

/** Seals releases, and says of each what it is and where it lies. */
export async function buildCommand({ instance, projects, options, world, run }: BuildInvocation): Promise<void> {
  const pipeline = await openWorld(world, { options, run });
  const { startBuild } = await import("@facsimile/pipeline");
  const { set, acceptRollback } = options;
  const report = await follow(startBuild({ instance, projects, set, acceptRollback }, pipeline), { world, options });
  if (options.json) printJson(report, world);
  else world.print(buildText(report, world.style));
}
