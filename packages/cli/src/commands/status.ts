import type { HostFilter } from "@facsimile/pipeline";
import { askedStatus } from "../exit.ts";
import { follow, printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { openWorld } from "../open-world.ts";
import { hostFilterOf } from "../options.ts";
import { runsOf } from "../runs.ts";
import { historyText } from "../text/history.ts";
import { statusText } from "../text/status.ts";

export interface StatusInvocation extends Invocation<HostFilter> {
  readonly instance: string;
  readonly projects: readonly string[];
  /** All that was deployed, in place of what runs now. */
  readonly history: boolean;
}

/** Tells what hosts run, or all that ran there. Exit 1 when one could not be asked. */
export async function statusCommand(invocation: StatusInvocation): Promise<void> {
  const { instance, projects, history, options, world, run } = invocation;
  const pipeline = await openWorld(world, { options, run });
  const { startStatus } = await import("@facsimile/pipeline");
  const report = await follow(startStatus({ instance, projects, ...hostFilterOf(options) }, pipeline), { world, run });
  run.status = askedStatus(report.hosts, world.signal);
  if (options.json) printJson(history ? runsOf(report) : report, world);
  else world.print(history ? historyText(report, world.style) : statusText(report, world.style));
}
