import fs from "node:fs/promises";
import path from "node:path";
import { compareBytes, FacsimileError, isFacsimileError } from "@facsimile/core";
import {
  type FileFacts,
  openKeyring,
  openMemory,
  openState,
  rememberVerified,
  sealedScopes,
  type Trust,
  type ValueInfo,
  valuesOf,
  verifyState,
} from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { trustOf } from "../people/trust.ts";
import { committedStates, stagesOf } from "./blobs.ts";
import { laterSerial } from "./later.ts";
import { isPublished } from "./published.ts";
import { isSealed } from "./sides.ts";
import { noState, readState } from "./state-file.ts";
import { type StateTarget, stateTarget, type TargetRequest, targetOf } from "./target.ts";

/** A state as everybody may see it and, with a key that opens it, when its values were made. Never a value. */
export interface ShownState {
  readonly target: StateTarget;
  readonly facts: FileFacts;
  /** Undefined where the user's key does not open it, or there is none. */
  readonly values: readonly ValueInfo[] | undefined;
  /** Why its values were not looked at, and why it may be an old copy. */
  readonly warnings: readonly FacsimileError[];
}

/** @throws `NO_STATE`, and what `openState` throws for bytes that are not to be trusted */
export async function showState(request: TargetRequest, context: PipelineContext): Promise<ShownState> {
  const target = await stateTarget(request, context);
  const { configDir } = context;
  const trust = await trustOf(target, context);
  const memory = openMemory({ configDir });
  const { facts, doubt } = await verifyState({ ...target, trust, memory });
  if (facts === undefined) throw doubt ?? noState(target);
  const { values, problem } = await valuesIn(target, { trust, context });
  return { target, facts, values, warnings: [doubt, problem].filter((warning) => warning !== undefined) };
}

/** Whoever cannot open it may look all the same. */
async function valuesIn(
  { folder, scope }: StateTarget,
  { trust, context }: { trust: Trust; context: PipelineContext },
): Promise<{ readonly values: readonly ValueInfo[] | undefined; readonly problem: FacsimileError | undefined }> {
  try {
    const keyring = await openKeyring(context);
    const memory = openMemory(context);
    const state = await openState({ folder, scope, keyring, trust, memory, use: "read" });
    context.redactor.add(...state.secrets());
    return { values: valuesOf(state), problem: undefined };
  } catch (error) {
    if (isFacsimileError(error) && LOCKED_OUT.includes(error.code)) return { values: undefined, problem: error };
    throw error;
  }
}

const LOCKED_OUT = ["NO_KEY", "NOT_A_RECIPIENT", "KEY_LOCKED", "KEY_EXPOSED", "KEY_INVALID"];

/** What checking one state's file came to. */
export interface CheckedState {
  readonly target: StateTarget;
  readonly facts: FileFacts | undefined;
  /** Why it must not be used; undefined where all is well. */
  readonly problem: FacsimileError | undefined;
}

/**
 * Checks files without a private key: form, signature, signer, scope, place in history, and that git has no merge of it
 * open. `"all"`: every state that there is, or was. What is wrong with one hides none of the others. What is well and
 * published is remembered as seen.
 */
export async function checkStates(
  request: TargetRequest | "all",
  context: PipelineContext,
): Promise<readonly CheckedState[]> {
  const targets = request === "all" ? await allTargets(context) : [await stateTarget(request, context)];
  const [first] = targets;
  if (first === undefined) return [];
  const trust = await trustOf(first, context);
  return Promise.all(targets.map((target) => check(target, { trust, context })));
}

/** Those that lie there, and those that this user or the last commit knows. */
async function allTargets(context: PipelineContext): Promise<readonly StateTarget[]> {
  const { folder } = targetOf("any", context);
  const { places } = await openMemory(context).read();
  const real = await fs.realpath(folder).catch(() => folder);
  const seen = [...places.keys()].filter((place) => path.dirname(place) === real);
  const scopes = [...seen, ...(await committedStates(context))].map((file) => path.basename(file, ".json"));
  const all = [...new Set([...(await sealedScopes(folder)), ...scopes])].sort(compareBytes);
  return all.map((scope) => targetOf(scope, context));
}

async function check(
  target: StateTarget,
  { trust, context }: { trust: Trust; context: PipelineContext },
): Promise<CheckedState> {
  try {
    const memory = openMemory(context);
    const { facts, doubt } = await verifyState({ ...target, trust, memory });
    const problem = doubt ?? (await oddityOf(facts, { target, trust }, context));
    if (problem === undefined && facts !== undefined && (await isPublished(target.file, context)))
      await rememberVerified(facts, { ...target, trust, memory });
    return { target, facts, problem };
  } catch (error) {
    if (isFacsimileError(error)) return { target, facts: undefined, problem: error };
    throw error;
  }
}

/** What git knows against a file that is good in itself. */
async function oddityOf(
  facts: FileFacts | undefined,
  { target, trust }: { target: StateTarget; trust: Trust },
  context: PipelineContext,
): Promise<FacsimileError | undefined> {
  if (facts === undefined) return noState(target);
  const stages = await stagesOf(target.file, context);
  if (stages.size > 0 && !isSealed(await readState(target), { stages, target })) return merging(target);
  const later = await laterSerial(facts, { target, trust }, context);
  return later === undefined ? undefined : broughtBack(facts, later);
}

function broughtBack({ file, serial, scope }: FileFacts, later: number): FacsimileError {
  return new FacsimileError(
    "STATE_ROLLED_BACK",
    `${file} is of serial ${serial}, but git has had serial ${later} here`,
    {
      hint: `An old checkout, a revert or a merge brought it back: git log -- the file.\nIf it is meant, seal it as the newest: facs state seal --scope ${scope} --accept-rollback`,
    },
  );
}

function merging({ file, name, scope }: StateTarget): FacsimileError {
  return new FacsimileError("STATE_UNSIGNED", `${name} is one side of a merge that git has not ended`, {
    hint: `facs state seal --scope ${scope} joins both sides; git add ${file} would take this one alone.`,
  });
}
