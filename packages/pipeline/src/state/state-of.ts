import { type InstanceName, isFacsimileError, parseInstance } from "@facsimile/core";
import {
  type Conglomerate,
  type Definition,
  findConglomerate,
  listInstances,
  resolve,
  scopeOf,
} from "@facsimile/definitions";
import type { PipelineContext } from "../context.ts";
import { type OpenedState, openScope, openStateOf, type StateRequest } from "../secrets/open.ts";

/** The state that an instance uses, for commands that look at it or change it by themselves. */
export interface StateOf extends OpenedState {
  readonly conglomerate: Conglomerate;
  readonly instance: InstanceName;
  readonly definition: Definition;
}

/**
 * Opens the state of an instance's scope.
 *
 * @throws `UNKNOWN_INSTANCE` and all else that is wrong with its definition; what `openState` throws
 */
export async function stateOf(
  text: string,
  options: Omit<StateRequest, "definition" | "modules">,
  context: PipelineContext,
): Promise<StateOf> {
  const conglomerate = await findConglomerate(context.root);
  const instance = parseInstance(text);
  const definition = await resolve(conglomerate, { instance, env: context.env });
  const opened = await openStateOf({ definition, modules: [], ...options }, context);
  return { conglomerate, instance, definition, ...opened };
}

/** The same for those who look something up: nothing of the definition is checked but its scope. @throws As {@link stateOf} */
export async function stateSeenBy(
  text: string,
  context: PipelineContext,
): Promise<Pick<StateOf, "instance" | "state">> {
  const conglomerate = await findConglomerate(context.root);
  const instance = parseInstance(text);
  const scope = await scopeOf(conglomerate, { instance, env: context.env });
  return { instance, ...(await openScope(scope, { use: "read" }, context)) };
}

/** Every instance whose state is of this scope, in byte order: a change of a shared value touches them all. */
export async function sharersOf(
  scope: string,
  { conglomerate, env }: Pick<PipelineContext, "env"> & { readonly conglomerate: Conglomerate },
): Promise<readonly string[]> {
  const instances = await listInstances(conglomerate);
  const found = await Promise.all(instances.map((instance) => scopeAt(conglomerate, { instance, env })));
  return instances.filter((_, index) => found[index] === scope).map(({ full }) => full);
}

/** An instance that has a state in common with others. */
export interface Sharer {
  readonly instance: string;
  readonly protected: boolean;
}

/** {@link sharersOf} the scope of an opened state, and which of them are protected. */
export async function sharersIn(
  { conglomerate, state }: Pick<StateOf, "conglomerate" | "state">,
  { env }: Pick<PipelineContext, "env">,
): Promise<readonly Sharer[]> {
  const names = await sharersOf(state.scope, { conglomerate, env });
  return Promise.all(
    names.map(async (name) => {
      const { values } = await resolve(conglomerate, { instance: parseInstance(name), env });
      return { instance: name, protected: values.protected ?? false };
    }),
  );
}

/** Undefined where the definition is broken: what it shares cannot be known. */
async function scopeAt(
  conglomerate: Conglomerate,
  options: { readonly instance: InstanceName; readonly env: PipelineContext["env"] },
): Promise<string | undefined> {
  try {
    return (await resolve(conglomerate, options)).scope;
  } catch (error) {
    if (isFacsimileError(error)) return undefined;
    throw error;
  }
}
