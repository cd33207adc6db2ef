import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { throwProblems } from "@facsimile/core";
import { type Draft, draftOf, type SealOptions, sealDraft, withLeaf } from "./draft.ts";
import type { LeafContent } from "./format/leaf.ts";
import { parseValueName } from "./format/value-name.ts";
import { planState, type StatePlan } from "./plan.ts";
import { makeValue, policyText } from "./policy.ts";
import { innerOf, type State, sealedFileOf } from "./state.ts";
import { isNews, judge, remember } from "./trust/memory.ts";

/**
 * Creates what the plan names, signs and writes the file: built, opened with our own reader, compared, and then put in
 * place as a whole, if nobody changed it since the state was opened. With an empty plan nothing is written.
 *
 * @returns The state as it is now. It is remembered only by {@link confirmSeal}.
 * @throws `STATE_CHANGED`, `STATE_LOCKED`, `STATE_WRITE_FAILED`, `NOT_A_SIGNER` when others would not accept the
 *   signature, `NO_PUBLIC_KEY`, `KEY_UNUSABLE`, and the warnings of a state that has any. The old file stands then.
 */
export async function sealState(state: State, plan: StatePlan, options: SealOptions): Promise<State> {
  if (plan.empty) return state;
  throwProblems(state.warnings);
  refuseStale(state, plan);
  return sealDraft(state, addPlanned(await draftOf(state, options), plan, options), options);
}

/** Signs a state anew as it is: after that it is this keyring's. @throws As {@link sealState}; an error where there is no file */
export async function resealState(state: State, options: SealOptions): Promise<State> {
  return sealDraft(state, await draftOf(state, options), options);
}

/**
 * Remembers a state as the newest, so that an older one is refused from now on. Call it when the file is safe with the
 * others: pushed or, without a remote, committed; also for a file that was found so and needed no change.
 */
export async function confirmSeal(state: State): Promise<void> {
  throwProblems(state.warnings);
  const { memory, trust, remembered } = innerOf(state);
  const files = [trust.list, sealedFileOf(state)].filter((file) => file !== undefined);
  if (files.length === 0) return;
  const accepted = new Set(files.filter((file) => judge(remembered, file) !== undefined));
  await memory.update((now) =>
    files.reduce((known, file) => (accepted.has(file) || isNews(known, file) ? remember(known, file) : known), now),
  );
}

function refuseStale(state: State, plan: StatePlan): void {
  const { passwords, secrets, policies } = plan;
  const fresh = planState(state, { passwords, secrets, policies, uiids: Object.keys(plan.uiids) });
  if (!isDeepStrictEqual(fresh, plan)) throw new Error(`this plan was not made for this state of ${state.file}`);
}

function addPlanned(draft: Draft, plan: StatePlan, { now, random = randomBytes }: SealOptions): Draft {
  const created = now().toISOString();
  const names = [...plan.passwords.map((name) => `passwd/${name}`), ...plan.secrets];
  const made = names.reduce((left, text) => {
    const policy = plan.policies[text] ?? "uuid";
    const content: LeafContent = { value: makeValue(policy, random), created, policy: policyText(policy) };
    return withLeaf(left, { name: parseValueName(text), content }, random);
  }, draft);
  const numbers = Object.entries(plan.uiids).map(([daemon, uiid]) => [daemon, { uiid }] as const);
  return { ...made, document: { ...made.document, instances: new Map([...made.document.instances, ...numbers]) } };
}
