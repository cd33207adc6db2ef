import path from "node:path";
import type { Definition, Module } from "@facsimile/definitions";
import {
  type Keyring,
  openKeyring,
  openMemory,
  openState,
  planState,
  type State,
  type StatePlan,
  type Trust,
} from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { trustOf } from "../people/trust.ts";
import { confirmIfPublished } from "../state/published.ts";
import { wantsOf } from "./values.ts";

/** The state of an instance's scope, opened, and what the definition wants that it lacks. */
export interface OpenedState {
  readonly keyring: Keyring;
  readonly trust: Trust;
  readonly state: State;
  readonly plan: StatePlan;
}

export interface StateRequest {
  readonly definition: Definition;
  /** Of all wanted projects. */
  readonly modules: readonly Module[];
  /** Default `"write"`: an old copy is refused. */
  readonly use?: "read" | "write";
  /** Take an older, another or a missing file as it is, and such a list of signers. Default `false`. */
  readonly acceptRollback?: boolean | undefined;
  /** Take a missing file for an empty state, though there was one. Default `false`. */
  readonly acceptMissing?: boolean | undefined;
}

/** Opens the state that belongs to the definition, as {@link openScope} does. */
export async function openStateOf(request: StateRequest, context: PipelineContext): Promise<OpenedState> {
  const { definition, modules } = request;
  const opened = await openScope(definition.scope, request, context);
  return { ...opened, plan: planState(opened.state, wantsOf({ definition, modules })) };
}

/** Opens the state of a scope. Whatever it holds is kept out of all output from now on. */
export async function openScope(
  scope: string,
  { use = "write", acceptRollback = false, acceptMissing = false }: Omit<StateRequest, "definition" | "modules">,
  context: PipelineContext,
): Promise<Omit<OpenedState, "plan">> {
  const { configDir, own, redactor, onEvent } = context;
  const memory = openMemory({ configDir });
  const keyring = await openKeyring(context);
  const trust = await trustOf({ scope, acceptRollback }, context);
  const state = await openState({
    folder: path.join(own, "state"),
    scope,
    keyring,
    trust,
    memory,
    use,
    acceptRollback: acceptRollback || acceptMissing,
  });
  redactor.add(...state.secrets());
  // Whoever goes on from a state has seen it; what was accepted for once is remembered when it is used.
  if (use === "write" && !acceptRollback && !acceptMissing) await confirmIfPublished(state, context);
  for (const { message, hint } of state.warnings)
    onEvent({ type: "warning", message, ...(hint === undefined ? {} : { hint }) });
  return { keyring, trust, state };
}
