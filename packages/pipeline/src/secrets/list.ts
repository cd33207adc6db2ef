import { compareBytes } from "@facsimile/core";
import { policyText, type ValueInfo, valueNameText, valuesOf } from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { type NamedKey, namesOf } from "../people/names.ts";
import { seenBy } from "./places.ts";
import type { SecretScope } from "./scope.ts";

/** What is known of the secrets of a scope; never a value. */
export interface SecretListing {
  readonly schema: "secrets/1";
  readonly instance: string;
  readonly scope: string;
  readonly file: string;
  /** 0 where there is no file yet. */
  readonly serial: number;
  /** Every instance whose state this is. */
  readonly sharedBy: readonly string[];
  /** Who can open it. */
  readonly recipients: readonly NamedKey[];
  readonly secrets: readonly ListedSecret[];
  /** What definitions want and the state does not hold. */
  readonly missing: readonly MissingSecret[];
}

export interface ListedSecret {
  /** `db/root`, `passwd/storefront`. */
  readonly name: string;
  /** The instance that has it for itself and those below it; undefined for what all share. */
  readonly only: string | undefined;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** `uuid`, `hex 32`, `given`. */
  readonly policy: string;
  /** When a rotation replaced the one before; that one is kept. */
  readonly rotated: string | undefined;
  /** Instances for which this is the value. */
  readonly seenBy: readonly string[];
  /** Where a definition of the instance asks for it; undefined where none does. */
  readonly wantedBy: string | undefined;
}

export interface MissingSecret {
  readonly name: string;
  readonly wantedBy: string;
  /** How a deploy makes it; undefined where a person has to give it. */
  readonly policy: string | undefined;
}

/** Says what there is, how old, made how, for whom. */
export async function listSecrets(scope: SecretScope, context: PipelineContext): Promise<SecretListing> {
  const { instance, state, sharers, wanted } = scope;
  const secrets = valuesOf(state).map((info) => listed(info, scope));
  const seen = new Set(secrets.filter((one) => one.seenBy.includes(instance.full)).map(({ name }) => name));
  const missing = [...wanted].filter(([name]) => !seen.has(name));
  return {
    schema: "secrets/1",
    instance: instance.full,
    scope: state.scope,
    file: state.file,
    serial: state.serial,
    sharedBy: sharers.map((sharer) => sharer.instance),
    recipients: await namesOf(state.recipients, context),
    secrets: secrets.sort((a, b) => compareBytes(a.name, b.name) || compareBytes(a.only ?? "", b.only ?? "")),
    missing: missing
      .map(([name, { by, policy }]) => ({ name, wantedBy: by, policy: policy && policyText(policy) }))
      .sort((a, b) => compareBytes(a.name, b.name)),
  };
}

function listed({ name, created, policy, rotated }: ValueInfo, scope: SecretScope): ListedSecret {
  const text = valueNameText(name);
  return {
    name: text,
    only: name.instance,
    created,
    policy,
    rotated,
    seenBy: seenBy(name, scope).map(({ instance }) => instance),
    wantedBy: scope.wanted.get(text)?.by,
  };
}
