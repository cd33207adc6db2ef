import { FacsimileError } from "@facsimile/core";
import { confirm, givenOptions } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import { follow, printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { openWorld } from "../open-world.ts";
import { prunedText, prunePlanText } from "../text/prune.ts";

export interface PruneInvocation extends Invocation<{ readonly keep?: string; readonly yes?: true }> {
  readonly instance: string;
}

/** Shows which sealed releases nothing needs, asks, and removes them. */
export async function pruneCommand({ instance, options, world, run }: PruneInvocation): Promise<void> {
  const { yes, json } = options;
  const pipeline = await openWorld(world, { options, run });
  const { startPrunePlan, startPrune } = await import("@facsimile/pipeline");
  const request = { instance, keep: options.keep === undefined ? undefined : numberOf(options.keep) };
  const plan = await follow(startPrunePlan(request, pipeline), { world, run });
  if (!json) world.tell(prunePlanText(plan, world.tellStyle));
  if (plan.remove.length + plan.leftovers.length > 0) {
    const command = ["facs prune", instance, ...givenOptions(options)].join(" ");
    const asked = { question: "Remove them?", yes: yes === true, command };
    if (!(await confirm(asked, { ask: json ? undefined : world.ask }))) {
      run.status = EXIT.failed;
      return world.tell("Nothing was removed.\n");
    }
    await follow(startPrune(plan, pipeline), { world, run });
  }
  if (json) printJson(plan, world);
  else world.print(prunedText(plan));
}

function numberOf(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new FacsimileError("USAGE", `--keep ${text} is no number of releases`, { hint: "--keep 5" });
}
