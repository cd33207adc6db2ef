import { printJson } from "../follow.ts";
import { secretsListText } from "../text/secrets-list.ts";
import { openScope, type SecretsInvocation } from "./secrets.ts";

/** Says what there is, never a value. */
export async function secretsListCommand(invocation: SecretsInvocation): Promise<void> {
  const { options, world } = invocation;
  const { scope, context } = await openScope(invocation, "read");
  const { listSecrets } = await import("@facsimile/pipeline");
  const listing = await listSecrets(scope, context);
  if (options.json) printJson(listing, world);
  else world.print(secretsListText(listing, context.now()));
}
