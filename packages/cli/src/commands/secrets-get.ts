import { FacsimileError } from "@facsimile/core";
import { parseValueName } from "@facsimile/state";
import { notHeld, openScope, type SecretsInvocation } from "./secrets.ts";

export interface SecretsGetInvocation extends SecretsInvocation<{ readonly previous?: true }> {
  readonly name: string;
}

/** Prints one value, as it is. The only command that shows one. */
export async function secretsGetCommand(invocation: SecretsGetInvocation): Promise<void> {
  const { name, options, world } = invocation;
  const place = parseValueName(name);
  const { scope } = await openScope(invocation, "read");
  const { placeSeen, secretSeen } = await import("@facsimile/pipeline");
  if (placeSeen(name, scope) === undefined) throw notHeld(place, scope);
  const secret = secretSeen(name, { ...scope, previous: options.previous ?? false });
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
