import { statusOf } from "../exit.ts";
import { follow, printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { openWorld } from "../open-world.ts";
import { releasesText } from "../text/releases.ts";

export interface ReleasesInvocation extends Invocation {
  readonly instance: string;
  readonly project: string | undefined;
}

/** Lists what lies in `RELEASE/` for an instance. */
export async function releasesCommand({ instance, project, options, world, run }: ReleasesInvocation): Promise<void> {
  const pipeline = await openWorld(world, { options, run });
  const { startReleases } = await import("@facsimile/pipeline");
  const listing = await follow(startReleases({ instance, project }, pipeline), { world, run });
  if (options.json) printJson(listing, world);
  else world.print(releasesText(listing, world.style));
  const codes = listing.releases.flatMap(({ problem }) => problem?.code ?? []);
  if (codes.length > 0) run.status = statusOf(codes);
}
