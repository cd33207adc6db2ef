import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { historyText } from "../text/state-check.ts";
import { contextOf } from "./state.ts";

export interface StateHistoryInvocation extends Invocation<{ readonly scope?: string }> {
  readonly instance: string | undefined;
}

/** Prints every file that a state was, with what changed in it by name. */
export async function stateHistoryCommand(invocation: StateHistoryInvocation): Promise<void> {
  const { instance, options, world } = invocation;
  const context = await contextOf(invocation);
  const { stateHistory } = await import("@facsimile/pipeline");
  const { target, entries } = await stateHistory({ instance, scope: options.scope }, context);
  const { file, scope } = target;
  const listed = entries.map(({ facts, ...entry }) => {
    const { serial, digest, signer, signed } = facts ?? {};
    return { ...entry, serial, digest, signer, signed };
  });
  if (options.json) printJson({ schema: "state-history/1", file, scope, entries: listed }, world);
  else world.print(historyText(entries, { file, style: world.style }));
}
