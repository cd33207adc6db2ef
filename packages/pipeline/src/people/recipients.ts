import path from "node:path";
import { compareBytes, type FacsimileError, isFacsimileError, parseInstance } from "@facsimile/core";
import { findConglomerate, resolve } from "@facsimile/definitions";
import { inspectRecipient, openKeyring, openMemory, readRecipients, type SealedRecipients, type Trust, trustedSigners } from "@facsimile/state"; // biome-ignore format: one line
import type { PipelineContext } from "../context.ts";
import { type ScopeUser, scopeUsers } from "../instance/scope-users.ts";

export interface RecipientsReport {
  readonly schema: "recipients/1";
  readonly scopes: readonly ListedScope[];
  /** Instances that cannot be read. */
  readonly unread: readonly string[];
}

/** Who can open the state of a scope, and who is to. */
export interface ListedScope {
  readonly scope: string;
  /** `state/production.json` */
  readonly file: string;
  /** 0: there is no file, or it cannot be taken. */
  readonly serial: number;
  readonly instances: readonly string[];
  /** An instance of it has hosts elsewhere than on this machine. */
  readonly remote: boolean;
  /** Whether its definitions say who is to open it. */
  readonly wish: "none" | "one" | "several";
  readonly keys: readonly ListedRecipient[];
  /** Why the file does not count, or may be an old or a foreign one. */
  readonly problem: FacsimileError | undefined;
}

export interface ListedRecipient {
  readonly fingerprint: string;
  /** As the key in `keys/` says of itself. */
  readonly userId: string | undefined;
  /** Whether it can open the file; only this counts. */
  readonly sealed: boolean;
  /** Whether a definition names it. */
  readonly wished: boolean;
  /** It is the user's own. */
  readonly own: boolean;
  /** `NO_PUBLIC_KEY`, `KEY_MISNAMED`, `KEY_INVALID`, `KEY_UNUSABLE`. */
  readonly problem: FacsimileError | undefined;
}

/**
 * Who can open the states, as they are sealed, beside what definitions wish. Needs no private key.
 *
 * @param request.instance Its scope alone. Default: every scope that has a file or a wish.
 * @throws `UNKNOWN_INSTANCE` and all else that is wrong with that instance; what `trustedSigners` throws.
 */
export async function listRecipients(
  { instance }: { readonly instance?: string | undefined },
  context: PipelineContext,
): Promise<RecipientsReport> {
  const { root, env, own, configDir, now } = context;
  const only = instance === undefined ? undefined : await scopeAt(instance, context);
  const memory = openMemory({ configDir });
  const trust = await trustedSigners({ configDir, env, root: own, memory });
  const [sealed, { users, unread }, self] = await Promise.all([
    readRecipients({ folder: path.join(own, "state"), trust, memory }),
    scopeUsers({ root, env }),
    ownFingerprint(context),
  ]);
  const wished = users.filter(({ wish }) => wish !== undefined).map(({ scope }) => scope);
  const all = [...new Set([...sealed.map(({ scope }) => scope), ...wished])].sort(compareBytes);
  const scopes = only === undefined ? all : [only];
  const at = { trust, date: now(), self };
  const listed = scopes.map((scope) =>
    listScope({ scope, sealed: sealed.find((one) => one.scope === scope), users: usersOf(users, scope) }, at),
  );
  return { schema: "recipients/1", scopes: await Promise.all(listed), unread };
}

/** The instances of a scope. */
export function usersOf(users: readonly ScopeUser[], scope: string): readonly ScopeUser[] {
  return users.filter((user) => user.scope === scope);
}

/** Everything that different instances of a scope wish. */
export function wishesOf(users: readonly ScopeUser[]): readonly (readonly string[])[] {
  const wishes = users.flatMap(({ wish }) => (wish === undefined ? [] : [wish]));
  return [...new Map(wishes.map((wish) => [wish.join(), wish])).values()];
}

/** The scope of an instance. @throws `UNKNOWN_INSTANCE` and all else that is wrong with it. */
export async function scopeAt(instance: string, { root, env }: PipelineContext): Promise<string> {
  return (await resolve(await findConglomerate(root), { instance: parseInstance(instance), env })).scope;
}

interface Found {
  readonly scope: string;
  readonly sealed: SealedRecipients | undefined;
  readonly users: readonly ScopeUser[];
}

async function listScope(
  { scope, sealed, users }: Found,
  { trust, date, self }: { readonly trust: Trust; readonly date: Date; readonly self: string | undefined },
): Promise<ListedScope> {
  const wishes = wishesOf(users);
  const [wished, readers] = [wishes.flat(), sealed?.recipients ?? []];
  const names = [...new Set([...readers, ...wished])].sort(compareBytes);
  const keys = names.map(async (fingerprint) => ({
    fingerprint,
    sealed: readers.includes(fingerprint),
    wished: wished.includes(fingerprint),
    own: fingerprint === self,
    ...(await inspectRecipient(fingerprint, { trust, date })),
  }));
  return {
    scope,
    file: sealed?.file ?? path.join("state", `${scope}.json`),
    serial: sealed?.serial ?? 0,
    instances: users.map(({ instance }) => instance),
    remote: users.some(({ local }) => !local),
    wish: wishes.length === 0 ? "none" : wishes.length === 1 ? "one" : "several",
    keys: await Promise.all(keys),
    problem: sealed?.problem,
  };
}

/** Who has no key can look all the same. */
async function ownFingerprint(context: PipelineContext): Promise<string | undefined> {
  try {
    return (await openKeyring(context)).fingerprint;
  } catch (error) {
    if (isFacsimileError(error)) return undefined;
    throw error;
  }
}
