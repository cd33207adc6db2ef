import type { HostFilter, RollbackProposal } from "@facsimile/pipeline";
import { givenOptions } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import { follow, printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { openWorld } from "../open-world.ts";
import { hostFilterOf } from "../options.ts";
import { rollbackText } from "../text/rollback.ts";
import type { World } from "../world.ts";
import { endStatus } from "./deploy.ts";

export interface RollbackOptions extends HostFilter {
  readonly set?: readonly string[];
  readonly yes?: true;
  readonly acceptRollback?: true;
}

export interface RollbackInvocation extends Invocation<RollbackOptions> {
  readonly instance: string;
  /** Projects, or a release. */
  readonly words: readonly string[];
}

/** Takes hosts back, and says of every host how it ended. */
export async function rollbackCommand({ instance, words, options, world, run }: RollbackInvocation): Promise<void> {
  const pipeline = await openWorld(world, { options, run });
  const { startRollback } = await import("@facsimile/pipeline");
  const given = ["", ...givenOptions(options)].join(" ");
  const command = `${["facs rollback", instance, ...words].join(" ")}${given}`;
  const answer = { declined: false };
  const confirm = options.json || world.ask === undefined ? undefined : askWith(world, { answer, given });
  const { set, yes, acceptRollback } = options;
  const request = { instance, words, set, filter: hostFilterOf(options), yes, acceptRollback, command, confirm };
  const again = () =>
    `${command}; what hosts run: ${["facs status", instance, ...givenOptions({ root: options.root })].join(" ")}`;
  const report = await follow(startRollback(request, pipeline), { world, run, again });
  if (answer.declined) {
    run.status = EXIT.failed;
    return world.tell("Nothing was changed.\n");
  }
  if (options.json) printJson(report, world);
  else world.print(rollbackText(report, { style: world.style, command, given }));
  run.status = endStatus(report, world);
}

function askWith(
  { ask, tell, tellStyle: style }: World,
  { answer, given }: { answer: { declined: boolean }; given: string },
) {
  return async ({ plan, isProtected }: RollbackProposal): Promise<boolean> => {
    const { rollbackPlanText } = await import("../text/rollback-plan.ts");
    tell(rollbackPlanText(plan, { style, given }));
    const said = (await ask?.(isProtected ? `Type ${plan.instance} to roll back: ` : "Roll back? [y/N] "))?.trim() ?? ""; // biome-ignore format: one line
    answer.declined = isProtected ? said !== plan.instance : !/^y(es)?$/i.test(said);
    return !answer.declined;
  };
}
