import { FacsimileError } from "@facsimile/core";
import { changeRecipients, type PublicKeyFile, parseFingerprint, parsePolicy, parsePublicKey, publishKey, type State, type ValueInfo } from "@facsimile/state"; // biome-ignore format: one line
import type { PipelineContext } from "../context.ts";
import type { ScopeUser } from "../instance/scope-users.ts";
import { scopeAt, wishesOf } from "./recipients.ts";
import { type ProposedStep, propose, type RecipientsProposal } from "./recipients-propose.ts";

export interface RecipientsRequest {
  /** `undefined`: the only one that there is. */
  readonly scopes: readonly string[] | "all" | undefined;
  readonly change:
    | { readonly type: "add"; readonly fingerprint: string; readonly key?: PublicKeyFile | undefined }
    | { readonly type: "remove"; readonly fingerprint: string };
  /** Leave one recipient where hosts are remote. Default `false`. */
  readonly allowSingle?: boolean | undefined;
}

export interface KeyRequest {
  /** As it was typed; a short key id is refused. Default: the file's. */
  readonly fingerprint?: string | undefined;
  /** An armored public key. `name`: as messages name it. */
  readonly file?: { readonly name: string; readonly text: string } | undefined;
}

/**
 * Whom a fingerprint, a file or both name.
 *
 * @throws `BAD_FINGERPRINT`; for a file what `parsePublicKey` throws, and `KEY_MISNAMED` when it holds another key.
 */
export async function recipientKeyOf(
  { fingerprint, file }: KeyRequest,
  { own: root, now }: Pick<PipelineContext, "own" | "now">,
): Promise<{ readonly fingerprint: string; readonly key: PublicKeyFile | undefined }> {
  const wanted = fingerprint === undefined ? undefined : parseFingerprint(fingerprint);
  if (file === undefined) return { fingerprint: wanted ?? parseFingerprint(""), key: undefined };
  const key = await parsePublicKey(file.text, { name: file.name, root, date: now() });
  if (wanted === undefined || wanted === key.fingerprint) return { fingerprint: key.fingerprint, key };
  throw new FacsimileError("KEY_MISNAMED", `${file.name} holds another key, ${key.fingerprint}, not ${wanted}`, {
    hint: "Find out who gave you the file. Nothing was written.",
  });
}

/**
 * Finds out what a change of recipients comes to. Nothing is written.
 *
 * @throws `NO_STATE`, `UNKNOWN_RECIPIENT`, `SINGLE_RECIPIENT`, `OWN_KEY_NEEDED`; `USAGE` where the scope must be named;
 *   for a key of the new list `NO_PUBLIC_KEY`, `KEY_MISNAMED`, `KEY_INVALID`, `KEY_UNUSABLE`; what `openState` throws.
 */
export async function proposeRecipients(
  { scopes, change, allowSingle }: RecipientsRequest,
  context: PipelineContext,
): Promise<RecipientsProposal> {
  const { type, fingerprint } = change;
  const key = type === "add" ? change.key : undefined;
  const changeOf = () => (type === "add" ? { add: [fingerprint] } : { remove: [fingerprint] });
  const proposal = await propose({ scopes, changeOf, key, allowSingle }, context);
  if (type === "remove" && proposal.steps.length === 0) throw unknownRecipient(fingerprint, proposal.same);
  return { ...proposal, unwished: [] };
}

/**
 * What it takes to make the sealed lists what definitions wish (`state.recipients`). Scopes that nobody wishes anything
 * for stay as they are. Nothing is written.
 *
 * @param request.instance Its scope alone. Default: every scope.
 * @throws As {@link proposeRecipients}; `RECIPIENTS_DISAGREE` where instances of one scope wish differently.
 */
export async function proposeWished(
  { instance, allowSingle }: { readonly instance?: string | undefined; readonly allowSingle?: boolean | undefined },
  context: PipelineContext,
): Promise<RecipientsProposal> {
  const scopes = instance === undefined ? "all" : [await scopeAt(instance, context)];
  return propose({ scopes, changeOf: wishedChange, allowSingle }, context);
}

function wishedChange(
  sealed: readonly string[],
  { file, users }: { readonly file: string; readonly users: readonly ScopeUser[] },
): { readonly add: readonly string[]; readonly remove: readonly string[] } {
  const [wish = sealed, other] = wishesOf(users);
  if (other !== undefined) throw disagree(file, users);
  return { add: wish, remove: sealed.filter((name) => !wish.includes(name)) };
}

export interface SealedStep {
  readonly step: ProposedStep;
  readonly state: State;
  /** What those who left knew, and was made anew. */
  readonly renewed: readonly ValueInfo[];
  /** What they knew and still holds: it must be changed by hand. */
  readonly left: readonly ValueInfo[];
}

/** Seals what was proposed, after the key was put into `keys/`. @throws As `changeRecipients` */
export async function sealRecipients(
  { steps, key, keyring }: RecipientsProposal,
  { rotate = false, ...context }: PipelineContext & { readonly rotate?: boolean | undefined },
): Promise<readonly SealedStep[]> {
  const publish = async () => (key === undefined ? undefined : publishKey(key, { root: context.own }));
  const states = await changeRecipients(steps, { keyring, now: context.now, rotate, beforeWrite: publish });
  // Somebody may be a recipient already and have a newer key in the file.
  if (steps.length === 0) await publish();
  context.redactor.add(...states.flatMap((state) => state.secrets()));
  return steps.map((step, index) => {
    const { known } = step.plan;
    const isRenewed = ({ policy }: ValueInfo) => rotate && parsePolicy(policy) !== undefined;
    const [renewed, left] = [known.filter(isRenewed), known.filter((value) => !isRenewed(value))];
    return { step, state: states[index] ?? step.state, renewed, left };
  });
}

function unknownRecipient(fingerprint: string, files: readonly string[]): FacsimileError {
  return new FacsimileError("UNKNOWN_RECIPIENT", `${fingerprint} is no recipient of ${files.join(", ")}`, {
    hint: "Who is one: facs recipients list",
  });
}

function disagree(file: string, users: readonly ScopeUser[]): FacsimileError {
  const wishes = users.flatMap(({ instance, wish }) => (wish === undefined ? [] : [`${instance}: ${wish.join(" ")}`]));
  return new FacsimileError("RECIPIENTS_DISAGREE", `${file} is of several instances, which wish other recipients`, {
    hint: `${wishes.join("\n")}\nSet state.recipients once for them all, or give one a state of its own: state.scope: "own".`,
  });
}
