import { FacsimileError } from "@facsimile/core";
import type { PipelineWorld, ShownRelease } from "@facsimile/pipeline";
import { EXIT } from "../exit.ts";
import { follow, printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { openWorld } from "../open-world.ts";
import { damageText, showText } from "../text/show.ts";
import { showDiffText } from "../text/show-diff.ts";

export interface ShowInvocation extends Invocation<{ readonly diff?: string }> {
  readonly release: string;
  readonly other: string | undefined;
}

/** Shows one release, or how two differ. */
export async function showCommand(invocation: ShowInvocation): Promise<void> {
  const { release, other, options, world, run } = invocation;
  if (other !== undefined && options.diff !== undefined) {
    throw new FacsimileError("USAGE", "a second release and --diff mean the same", { hint: "facs show A B" });
  }
  const pipeline = await openWorld(world, { options, run });
  const first = await shown(release, { pipeline, invocation });
  const against = other ?? options.diff;
  if (against === undefined) {
    if (options.json) printJson(first, world);
    else world.print(showText(first, world.style));
    return;
  }
  const second = await shown(against, { pipeline, invocation });
  const { compareReleases } = await import("@facsimile/pipeline");
  const difference = await compareReleases(first, second);
  if (options.json) printJson(difference, world);
  else world.print(showDiffText(difference, world.style));
}

/** Damage is told first, and gives the exit status, whatever else is shown. */
async function shown(
  word: string,
  { pipeline, invocation }: { pipeline: PipelineWorld; invocation: ShowInvocation },
): Promise<ShownRelease> {
  const { world, run } = invocation;
  const { startShow } = await import("@facsimile/pipeline");
  const found = await follow(startShow(word, pipeline), { world, run });
  if (found.damage.length > 0) {
    world.tell(damageText(found, world.tellStyle));
    run.status = EXIT.integrity;
  }
  return found;
}
