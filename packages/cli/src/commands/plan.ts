import type { HostFilter, Plan } from "@facsimile/pipeline";
import { meantWords } from "../confirm.ts";
import { askedStatus, EXIT } from "../exit.ts";
import { follow, printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { openWorld } from "../open-world.ts";
import { hostFilterOf, srcDirOf } from "../options.ts";
import { isChanging, planText } from "../text/plan.ts";
import type { World } from "../world.ts";

export interface PlanOptions extends HostFilter {
  readonly set?: readonly string[];
  readonly srcDir?: string;
  readonly exitCode?: true;
  readonly skipLibcheck?: true;
  /** False: `--no-diff`. */
  readonly diff?: boolean;
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
    startPlan(
      {
        instance,
        projects,
        set,
        skipLibcheck,
        srcDir: srcDirOf(options, world),
        files: options.diff,
        ...hostFilterOf(options),
      },
      pipeline,
    ),
    { world, run },
  );
  if (options.json) printJson(plan, world);
  else
    world.print(
      planText(plan, world.style, {
        files: await fileLines(plan, world),
        typed: meantWords({ instance, projects, options }),
      }),
    );
  run.status = askedStatus(plan.hosts, world.signal);
  if (run.status === EXIT.done && options.exitCode && plan.hosts.some(isChanging)) run.status = EXIT.differences;
}

// What shows differences is loaded where there are some.
async function fileLines({ files = [] }: Plan, { style }: Pick<World, "style">): Promise<readonly string[]> {
  return files.length === 0 ? [] : (await import("../text/plan-diffs.ts")).fileChangeLines(files, style);
}
