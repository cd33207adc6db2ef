import { FacsimileError } from "@facsimile/core";
import { parseValueName } from "@facsimile/state";
import { notHeld, openScope, type SecretsInvocation } from "./secrets.ts";
import { contextOf } from "./state.ts";

export interface SecretsGetInvocation extends SecretsInvocation<{ readonly previous?: true }> {
  readonly name: string;
}

/** Prints one value, as it is. The only command that shows one. */
export async function secretsGetCommand(invocation: SecretsGetInvocation): Promise<void> {
  const { name, options, world } = invocation;
  const place = parseValueName(name);
  const { placeSeen, secretSeen, stateSeenBy } = await import("@facsimile/pipeline");
  // Who else shares it and what is wanted matters to those who find nothing.
  const opened = await stateSeenBy(invocation.instance, await contextOf(invocation));
  if (placeSeen(name, opened) === undefined) throw notHeld(place, (await openScope(invocation, "read")).scope);
  const secret = secretSeen(name, { ...opened, previous: options.previous ?? false });
  if (secret === undefined) throw neverRotated(name);
  const value = secret.reveal();
  const document = { schema: "secret/1", name, previous: options.previous ?? false, value };
  if (options.json) world.printRaw(`${JSON.stringify(document)}\n`);
  // A program reads exactly the value; on a terminal the prompt is to stand on a line of its own.
  else world.printRaw(world.width === undefined ? value : `${value}\n`);
}

function neverRotated(name: string): FacsimileError {
  return new FacsimileError("NOT_SET", `${name} has no previous value: it was never rotated`, {
    hint: "facs secrets list shows what was.",
  });
}
