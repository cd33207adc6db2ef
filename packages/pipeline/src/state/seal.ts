import {
  type Clash,
  clashesOf,
  confirmSeal,
  type Keyring,
  type MergePlan,
  type OpenMerge,
  openKeyring,
  openMemory,
  openMerge,
  planMerge,
  resealState,
  type SealFacts,
  type SideName,
  type State,
  sealFacts,
  sealMerge,
  trustedSigners,
  verifyState,
} from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { openScope } from "../secrets/open.ts";
import { laterSerial } from "./later.ts";
import { sidesOf } from "./sides.ts";
import { noState } from "./state-file.ts";
import { type StateTarget, stateTarget, type TargetRequest } from "./target.ts";

/** Both sides of a merge, opened, and what must be decided. */
export interface Merging {
  readonly target: StateTarget;
  readonly open: OpenMerge;
  readonly keyring: Keyring;
  readonly ours: SealFacts;
  readonly theirs: SealFacts;
  readonly clashes: readonly Clash[];
}

/**
 * Finds both sides of a merge, verifies and opens them. Nothing is written.
 *
 * @returns Without `merging` where the file is signed already.
 * @throws What `sidesOf` and `openMerge` throw
 */
export async function openSeal(
  { acceptRollback = false, ...request }: TargetRequest & { readonly acceptRollback?: boolean | undefined },
  context: PipelineContext,
): Promise<{ readonly target: StateTarget; readonly merging: Merging | undefined }> {
  const target = await stateTarget(request, context);
  const sides = await sidesOf(target, context);
  if (sides === undefined) return { target, merging: undefined };
  const { configDir, env, own, redactor } = context;
  const memory = openMemory({ configDir });
  const keyring = await openKeyring(context);
  const trust = await trustedSigners({ configDir, env, root: own, memory, acceptRollback });
  const { folder, scope } = target;
  const open = await openMerge(sides, { folder, scope, keyring, trust, memory, acceptRollback });
  redactor.add(...open.secrets);
  const factsOf = ({ document, digest }: OpenMerge["ours"]) => sealFacts(document, { digest, trust });
  const [ours, theirs] = [await factsOf(open.ours), await factsOf(open.theirs)];
  return { target, merging: { target, open, keyring, ours, theirs, clashes: clashesOf(open) } };
}

/**
 * Seals a file that is older than what was seen before, here or in git's history, or another one, as the newest: above
 * every serial that somebody may have seen. It is remembered at once.
 *
 * @returns `undefined` where nothing is odd about the file: then nothing is written.
 * @throws `STATE_MISSING`, `NO_STATE`; what `openState` throws for bytes that are not to be trusted
 */
export async function sealAnew(target: StateTarget, context: PipelineContext): Promise<State | undefined> {
  const memory = openMemory(context);
  const { state, keyring, trust } = await openScope(target.scope, { acceptRollback: true }, context);
  const { facts, doubt } = await verifyState({ ...target, trust, memory });
  if (facts === undefined) throw doubt ?? noState(target);
  const above = await laterSerial(facts, { target, trust }, context);
  if (doubt === undefined && above === undefined) return undefined;
  const sealed = await resealState(state, { keyring, now: context.now, above });
  await confirmSeal(sealed);
  return sealed;
}

export interface Decisions {
  /** Which side is right for each clash. */
  readonly settle: (clash: Clash) => SideName;
  /** Whose daemon keeps a uiid that both sides gave away. Default: the side of the higher serial. */
  readonly first?: SideName | undefined;
}

/** What the merge comes to. Pure. @throws `STATE_UIIDS_FULL` */
export function planSeal({ open }: Merging, decisions: Decisions): MergePlan {
  return planMerge(open, decisions);
}

/** What a merge would do that nobody may have meant: whoever signs must say that it is. */
export interface Concerns {
  /** Who comes to be a recipient of one side's values by the other side's word. */
  readonly newcomers: readonly string[];
  /** Sides that take back what came after them: older than what both came from, or than what this user has seen. */
  readonly older: readonly SideName[];
}

/** A merge that is not sealed yet is signed by nobody: what it names as its sides may be old files. Pure. */
export function concernsOf({ open }: Merging, { recipients }: MergePlan): Concerns {
  const { ours, theirs, base, doubts } = open;
  const isNew = (name: string) => [ours, theirs].some(({ document }) => !document.keys.recipients.includes(name));
  const serialOf = ({ document }: Pick<OpenMerge["ours"], "document">) => document.seal.serial;
  const isOlder = (side: SideName) =>
    doubts[side] !== undefined || (base !== undefined && serialOf(open[side]) < serialOf(base));
  return { newcomers: recipients.filter(isNew), older: (["ours", "theirs"] as const).filter(isOlder) };
}

/** Signs and writes it. Nothing is committed, and nothing remembered. @throws As `sealMerge` */
export async function seal({ open, keyring }: Merging, plan: MergePlan, { now }: PipelineContext): Promise<State> {
  return sealMerge(open, plan, { keyring, now });
}
