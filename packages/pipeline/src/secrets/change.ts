import { FacsimileError, Secret } from "@facsimile/core";
import { type Change, changeState, type Policy, parsePolicy, parseValueName, planState, type State, sealState, type ValueName, valueNameText } from "@facsimile/state"; // biome-ignore format: one line
import type { PipelineContext } from "../context.ts";
import { wishOf } from "../instance/scope-users.ts";
import { infoOf } from "./places.ts";
import type { SecretScope } from "./scope.ts";
import { madeBy, policiesOf } from "./values.ts";

/** Makes changes and seals once. Nothing is committed; new values are kept out of all output from now on. */
export async function changeSecrets(
  { state, keyring, definition }: SecretScope,
  changes: readonly Change[],
  { now, redactor }: PipelineContext,
): Promise<State> {
  redactor.add(...changes.flatMap(givenIn));
  const recipients = wishOf(definition);
  const sealed = await changeState(state, changes, { keyring, recipients, now });
  redactor.add(...sealed.secrets());
  return sealed;
}

function givenIn(change: Change): readonly Secret[] {
  if (change.type === "set") return [new Secret(change.value, valueNameText(change.name))];
  if (change.type !== "rotate" || typeof change.by !== "object" || !("value" in change.by)) return [];
  return [new Secret(change.by.value, valueNameText(change.name))];
}

/**
 * Makes what is missing, as the definitions say. Nothing is committed.
 *
 * @param names Default: everything that is missing and has a policy, and the numbers of daemons.
 * @returns The state, the names of what was made, and the numbers that were given.
 * @throws `NO_POLICY` for a name that nothing says how to make
 */
export async function generateSecrets(
  { state, keyring, definition, wanted, daemons, instance }: SecretScope,
  names: readonly string[],
  { now, redactor }: PipelineContext,
): Promise<{
  readonly state: State;
  readonly made: readonly string[];
  readonly uiids: Readonly<Record<string, number>>;
}> {
  const chosen = names.length > 0 ? names : [...wanted].flatMap(([name, { policy }]) => (policy ? [name] : []));
  const policies = Object.fromEntries(
    chosen.map((name) => [name, wanted.get(name)?.policy ?? noPolicy(name, instance.full)]),
  );
  const parsed = chosen.map((name) => parseValueName(name));
  const of = (kind: ValueName["kind"]) => parsed.filter((one) => one.kind === kind).map(({ name }) => name);
  const plan = planState(state, {
    passwords: of("passwd"),
    secrets: of("secrets"),
    policies,
    uiids: names.length > 0 ? [] : daemons,
  });
  const recipients = wishOf(definition);
  const sealed = await sealState(state, plan, { keyring, recipients, now });
  redactor.add(...sealed.secrets());
  return { state: sealed, made: madeBy(plan), uiids: plan.uiids };
}

function noPolicy(name: string, instance: string): never {
  throw new FacsimileError("NO_POLICY", `nothing says how ${name} is made`, {
    hint: `Give it a value: facs secrets set ${instance} ${name}\nor a rule: state.generate in the definition of the instance.`,
  });
}

/** How a rotation makes a value anew: as the definition says, else as it was made; undefined where a person gave it. */
export function rotationOf(name: ValueName, { state, definition }: SecretScope): Policy | undefined {
  const rule = policiesOf(definition)[valueNameText(name)];
  return rule ?? parsePolicy(infoOf(name, state)?.policy ?? "");
}
