import path from "node:path";
import { didYouMean, FacsimileError, isFacsimileError, problemsOf, throwProblems } from "@facsimile/core";
import { inspectRecipient, type Keyring, openKeyring, openMemory, openState, type PublicKeyFile, planRecipients, type RecipientsStep, readRecipients, sealedScopes, type Trust } from "@facsimile/state"; // biome-ignore format: one line
import type { PipelineContext } from "../context.ts";
import { type ScopeUser, scopeUsers } from "../instance/scope-users.ts";
import { usersOf, wishesOf } from "./recipients.ts";
import { trustOf } from "./trust.ts";

/** A change of recipients, checked and not written yet: to be shown and confirmed. */
export interface RecipientsProposal {
  /** Those that would change. */
  readonly steps: readonly ProposedStep[];
  /** Files that are as they should be. */
  readonly same: readonly string[];
  /** Files of which no definition says who is to open them, where that was asked for. */
  readonly unwished: readonly string[];
  /** Who comes, leaves or stays. */
  readonly people: ReadonlyMap<string, { readonly userId: string | undefined }>;
  /** To be put into `keys/`. */
  readonly key: PublicKeyFile | undefined;
  /** Instances that cannot be read: what they share cannot be known. */
  readonly unread: readonly string[];
  readonly keyring: Keyring;
}

export interface ProposedStep extends RecipientsStep {
  /** Every instance that uses the state. */
  readonly instances: readonly string[];
}

export interface Proposing {
  readonly scopes: readonly string[] | "all" | undefined;
  /** What is to change of a scope with these recipients. */
  readonly changeOf: (
    sealed: readonly string[],
    scope: { readonly file: string; readonly users: readonly ScopeUser[] },
  ) => { readonly add?: readonly string[]; readonly remove?: readonly string[] };
  /** Counts as if it lay in `keys/` already. */
  readonly key?: PublicKeyFile | undefined;
  readonly allowSingle?: boolean | undefined;
}

/** Files that nothing would change in are not opened: so somebody who cannot open them may change the others. */
export async function propose(wanted: Proposing, context: PipelineContext): Promise<RecipientsProposal> {
  const { own, configDir } = context;
  const folder = path.join(own, "state");
  const scopes = chosen(await sealedScopes(folder), wanted.scopes);
  const [keyring, memory] = [await openKeyring(context), openMemory({ configDir })];
  const trust = withKey(await trustOf({ scope: scopes[0] ?? "" }, context), wanted.key);
  const sealed = (await readRecipients({ folder, trust, memory })).filter(({ scope }) => scopes.includes(scope));
  throwProblems(sealed.flatMap(({ problem }) => problem ?? []));
  const { users, unread } = await scopeUsers(context);
  const wishes = sealed.map(({ scope, file, recipients }) => {
    const own = usersOf(users, scope);
    const change = wanted.changeOf(recipients, { file, users: own });
    return { scope, file, users: own, change, isNews: isNews(recipients, change) };
  });
  const steps = await allOrProblems(
    wishes.filter((one) => one.isNews),
    async ({ scope, change, users }) => {
      const state = await openState({ folder, scope, keyring, trust, memory });
      context.redactor.add(...state.secrets());
      return { state, plan: planRecipients(state, { ...change, own: keyring.fingerprint }), users };
    },
  );
  const people = await peopleOf(steps, { trust, date: context.now() });
  throwProblems([
    ...(wanted.allowSingle ? [] : steps.flatMap(singleRecipient)),
    ...[...people].flatMap(([name, { problem }]) => (problem && steps.some(stays(name)) ? [problem] : [])),
  ]);
  return {
    steps: steps.map(({ state, plan, users }) => ({ state, plan, instances: users.map(({ instance }) => instance) })),
    same: wishes.filter((one) => !one.isNews).map(({ file }) => file),
    unwished: wishes.filter((one) => wishesOf(one.users).length === 0).map(({ file }) => file),
    people,
    key: wanted.key,
    unread,
    keyring,
  };
}

type Step = RecipientsStep & { readonly users: readonly ScopeUser[] };

function chosen(sealed: readonly string[], wanted: Proposing["scopes"]): readonly string[] {
  if (Array.isArray(wanted)) {
    throwProblems(wanted.filter((scope) => !sealed.includes(scope)).map((scope) => noState(scope, sealed)));
    return wanted;
  }
  if (sealed.length === 0) throw noState(undefined, sealed);
  if (wanted === "all" || sealed.length === 1) return sealed;
  throw new FacsimileError("USAGE", "of which scope?", {
    hint: `--scope NAME, which may be given again, or --all-scopes\nScopes: ${sealed.join(", ")}`,
  });
}

function isNews(recipients: readonly string[], { add = [], remove = [] }: ReturnType<Proposing["changeOf"]>): boolean {
  return add.some((name) => !recipients.includes(name)) || remove.some((name) => recipients.includes(name));
}

function withKey(trust: Trust, key: PublicKeyFile | undefined): Trust {
  if (key === undefined) return trust;
  return { ...trust, keyOf: async (name) => (name === key.fingerprint ? key.publicKey : trust.keyOf(name)) };
}

/** One after the other, because a key may ask for its passphrase; the problems of all are told. */
async function allOrProblems<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const [done, problems]: [R[], FacsimileError[]] = [[], []];
  for (const item of items) {
    try {
      done.push(await work(item));
    } catch (error) {
      if (!isFacsimileError(error)) throw error;
      problems.push(...problemsOf(error));
    }
  }
  throwProblems(problems);
  return done;
}

async function peopleOf(steps: readonly Step[], at: { readonly trust: Trust; readonly date: Date }) {
  const names = new Set(steps.flatMap(({ plan }) => [...plan.before, ...plan.after]));
  return new Map(await Promise.all([...names].map(async (name) => [name, await inspectRecipient(name, at)] as const)));
}

function stays(name: string): (step: Step) => boolean {
  return ({ plan }) => plan.after.includes(name);
}

/** Who leaves leaves one alone, where hosts are remote. */
function singleRecipient({ state, plan: { after, removed }, users }: Step): readonly FacsimileError[] {
  const remote = users.filter(({ local }) => !local).map(({ instance }) => instance);
  if (removed.length === 0 || after.length > 1 || remote.length === 0) return [];
  const message = `you alone could open ${state.file}, which hosts depend on (${remote.join(", ")})`;
  return [
    new FacsimileError("SINGLE_RECIPIENT", message, {
      hint: "If your key is lost, so is every value. Add somebody first, or, if it is meant: --allow-single",
    }),
  ];
}

function noState(scope: string | undefined, sealed: readonly string[]): FacsimileError {
  const message = scope === undefined ? "there is no state yet" : `there is no state/${scope}.json`;
  const near = scope === undefined ? undefined : didYouMean(scope, sealed);
  const there = sealed.length === 0 ? "" : `Scopes: ${sealed.join(", ")}\n`;
  return new FacsimileError("NO_STATE", message, {
    hint: `${near === undefined ? there : `Did you mean ${near}?\n`}The first deploy of an instance makes its state, for those whom state.recipients of its definition names.`,
  });
}
