import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { showText } from "../text/state-show.ts";
import { contextOf } from "./state.ts";

export interface StateShowInvocation extends Invocation<{ readonly scope?: string }> {
  readonly instance: string | undefined;
}

/** Prints what a state says of itself; never a value. */
export async function stateShowCommand(invocation: StateShowInvocation): Promise<void> {
  const { instance, options, world } = invocation;
  const context = await contextOf(invocation);
  const { showState } = await import("@facsimile/pipeline");
  const shown = await showState({ instance, scope: options.scope }, context);
  for (const { message, hint } of shown.warnings)
    context.onEvent({ type: "warning", message, ...(hint === undefined ? {} : { hint }) });
  const { facts, values, target, warnings } = shown;
  const document = { schema: "state-show/1", ...facts, file: target.file, values: values ?? facts.values, warnings };
  if (options.json) printJson(document, world);
  else world.print(showText(shown));
}
