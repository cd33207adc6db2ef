import { EXIT } from "../exit.ts";
import { follow, printJson } from "../follow.ts";
import { openWorld } from "../open-world.ts";
import { srcDirOf } from "../options.ts";
import type { Invocation } from "../program.ts";
import { planText } from "../text/plan.ts";

export interface PlanOptions {
  readonly set?: readonly string[];
  readonly srcDir?: string;
  readonly exitCode?: true;
  readonly skipLibcheck?: true;
}

export interface PlanInvocation extends Invocation<PlanOptions> {
  readonly instance: string;
  readonly projects: readonly string[];
}

/** Prints what a deploy would change. */
export async function planCommand({ instance, projects, options, world, run }: PlanInvocation): Promise<void> {
  const pipeline = await openWorld(world, { options, run });
  const { startPlan } = await import("@facsimile/pipeline");
  const { set, skipLibcheck } = options;
  const plan = await follow(
    startPlan({ instance, projects, set, skipLibcheck, srcDir: srcDirOf(options, world) }, pipeline),
    { world, options },
  );
  if (options.json) printJson(plan, world);
  else world.print(planText(plan, world.style));
  const isDifferent = plan.hosts.some(
    ({ problem, projects: on }) =>
      problem !== undefined || on.some(({ release, drift }) => !release || drift.length > 0),
  );
  if (plan.hosts.some(({ problem }) => problem !== undefined)) run.status = EXIT.failed;
  else if (options.exitCode && isDifferent) run.status = EXIT.differences;
}
