import path from "node:path";
import { FacsimileError, isFacsimileError } from "@facsimile/core";
import {
  type FileFacts,
  openKeyring,
  openMemory,
  openState,
  sealedScopes,
  type Trust,
  type ValueInfo,
  valuesOf,
  verifyState,
} from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { trustOf } from "../people/trust.ts";
import { stagesOf } from "./blobs.ts";
import { noState } from "./state-file.ts";
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
 * open. `"all"`: every state that there is. What is wrong with one hides none of the others.
 */
export async function checkStates(
  request: TargetRequest | "all",
  context: PipelineContext,
): Promise<readonly CheckedState[]> {
  const folder = path.join(context.own, "state");
  const targets =
    request === "all"
      ? (await sealedScopes(folder)).map((scope) => targetOf(scope, context))
      : [await stateTarget(request, context)];
  const [first] = targets;
  if (first === undefined) return [];
  const trust = await trustOf(first, context);
  return Promise.all(targets.map((target) => check(target, { trust, context })));
}

async function check(
  target: StateTarget,
  { trust, context }: { trust: Trust; context: PipelineContext },
): Promise<CheckedState> {
  try {
    const memory = openMemory({ configDir: context.configDir });
    const { facts, doubt } = await verifyState({ ...target, trust, memory });
    const missing = facts === undefined ? noState(target) : undefined;
    const isOpen = (await stagesOf(target.file, context)).size > 0;
    return { target, facts, problem: doubt ?? missing ?? (isOpen ? merging(target) : undefined) };
  } catch (error) {
    if (isFacsimileError(error)) return { target, facts: undefined, problem: error };
    throw error;
  }
}

function merging({ file, name, scope }: StateTarget): FacsimileError {
  return new FacsimileError("STATE_UNSIGNED", `${name} is one side of a merge that git has not ended`, {
    hint: `facs state seal --scope ${scope} joins both sides; git add ${file} would take this one alone.`,
  });
}
