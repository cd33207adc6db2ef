import { policyText, valueNameText, valuesOf } from "@facsimile/state";
import type { ChangedSecret } from "../text/secrets.ts";
import { type Opened, openScope, report, type SecretsInvocation } from "./secrets.ts";

export interface SecretsGenerateInvocation extends SecretsInvocation {
  /** Default: all that is missing. */
  readonly names: readonly string[];
}

/** Makes what is missing, as a deploy would. */
export async function secretsGenerateCommand(invocation: SecretsGenerateInvocation): Promise<void> {
  const { names } = invocation;
  const opened = await openScope(invocation, "write");
  const { scope, context } = opened;
  const { generateSecrets } = await import("@facsimile/pipeline");
  const { state, made, uiids } = await generateSecrets(scope, names, context);
  const changes = made.map((name): ChangedSecret => {
    const policy = scope.wanted.get(name)?.policy;
    return { name, change: "made", policy: policy && policyText(policy) };
  });
  const kept = names.filter((name) => !made.includes(name)).map((name): ChangedSecret => ({ name, change: "kept" }));
  const numbered = Object.entries(uiids).map(([daemon, uiid]) => `${daemon} has the number (uiid) ${uiid}`);
  const notes = [...numbered, ...(kept.length === 0 ? [] : [ROTATE]), ...toGive(opened)];
  const sharers = made.length === 0 ? [] : scope.sharers;
  report({ opened, state, changes: [...changes, ...kept], sharers, notes }, invocation);
}

const ROTATE = "what is there is never made anew; facs secrets rotate does that";

/** What only a person can give. */
function toGive({ scope: { state, wanted, instance } }: Opened): readonly string[] {
  const held = new Set(valuesOf(state).map(({ name }) => valueNameText(name)));
  const missing = [...wanted].filter(([name, { policy }]) => policy === undefined && !held.has(name));
  return missing.map(([name, { by }]) => `${name} is missing (${by}): facs secrets set ${instance.full} ${name}`);
}
