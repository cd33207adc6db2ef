import { confirm, givenOptions } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { purgeText } from "../text/state-change.ts";
import { contextOf } from "./state.ts";
import { reportChange } from "./state-set.ts";

export interface StatePurgeInvocation extends Invocation<{ readonly yes?: true }> {
  readonly instance: string;
  readonly daemons: readonly string[];
}

/** Lists uiids that nobody uses any more, asks, and gives them free. */
export async function statePurgeCommand(invocation: StatePurgeInvocation): Promise<void> {
  const { instance, daemons, options, world, run } = invocation;
  const { yes = false, json } = options;
  const context = await contextOf(invocation);
  const { planPurge, purge } = await import("@facsimile/pipeline");
  const plan = await planPurge({ instance, daemons }, context);
  const { opened, free } = plan;
  if (free.length > 0) {
    if (!json) world.tell(purgeText(plan));
    const command = ["facs state purge", instance, ...daemons, ...givenOptions(options)].join(" ");
    const question = "Give these uiids free? A daemon that still runs somewhere keeps its own.";
    if (!(await confirm({ question, yes, command }, { ask: json ? undefined : world.ask }))) {
      run.status = EXIT.failed;
      return world.tell("Nothing was changed.\n");
    }
  }
  const state = await purge(plan, context);
  if (json) return printJson({ schema: "state-purge/1", file: opened.state.file, serial: state.serial, free }, world);
  const names = free.map(({ daemon, uiid }) => `${daemon} (${uiid})`);
  reportChange({ opened, state, done: [["free", names]], nothing: "every uiid is in use" }, { context, world });
}
