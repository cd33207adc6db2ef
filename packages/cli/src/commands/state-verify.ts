import { FacsimileError } from "@facsimile/core";
import { EXIT } from "../exit.ts";
import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { atInstance } from "../text/advice.ts";
import { checkedText } from "../text/state-check.ts";
import { contextOf, hintDriver } from "./state.ts";

export interface StateVerifyInvocation extends Invocation<{ readonly scope?: string; readonly all?: true }> {
  readonly instance: string | undefined;
}

/** Checks states without a private key. Exit 5 when any must not be used. */
export async function stateVerifyCommand(invocation: StateVerifyInvocation): Promise<void> {
  const { instance, options, world, run } = invocation;
  const { scope, all } = options;
  if (all && (instance ?? scope) !== undefined)
    throw new FacsimileError("USAGE", "--all takes neither an instance nor --scope");
  const context = await contextOf(invocation);
  const { checkStates } = await import("@facsimile/pipeline");
  const found = await checkStates(all ? "all" : { instance, scope }, context);
  const checked = found.map((one) => (one.problem === undefined ? one : { ...one, problem: atInstance(one.problem, instance) })); // biome-ignore format: one line
  await hintDriver(context, world);
  if (checked.some(({ problem }) => problem !== undefined)) run.status = EXIT.integrity;
  const states = checked.map(({ target, facts, problem }) => {
    const { id, serial, digest, signer, signed } = facts ?? {};
    return { file: target.file, scope: target.scope, id, serial, digest, signer, signed, problem };
  });
  if (options.json) printJson({ schema: "state-verify/1", states }, world);
  else world.print(checkedText(checked, world.style));
}
