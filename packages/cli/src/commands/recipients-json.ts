import type { RecipientsProposal, SealedStep } from "@facsimile/pipeline";
import { type ValueInfo, valueNameText } from "@facsimile/state";

/** What was done, for scripts. */
export function documentOf({ key, same, unread }: RecipientsProposal, sealed: readonly SealedStep[]): object {
  const scopes = sealed.map(({ state, step: { plan, instances }, renewed, left }) => ({
    scope: state.scope,
    file: state.file,
    serial: state.serial,
    instances,
    recipients: plan.after,
    added: plan.added,
    removed: plan.removed,
    rotated: renewed.map(nameOf),
    known: left.map(nameOf),
  }));
  const keyFile = key && `keys/${key.fingerprint}.asc`;
  return { schema: "recipients-change/1", scopes, unchanged: same, keyFile, unread };
}

function nameOf({ name, policy }: ValueInfo): object {
  return { name: valueNameText(name), instance: name.instance, policy };
}
