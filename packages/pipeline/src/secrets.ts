import path from "node:path";
import { type InstanceName, Secret } from "@facsimile/core";
import type { Definition, Host, Module } from "@facsimile/definitions";
import { moduleContext } from "@facsimile/definitions";
import {
  type Keyring,
  openKeyring,
  openMemory,
  openState,
  planState,
  type State,
  type StatePlan,
  type Trust,
  trustedSigners,
} from "@facsimile/state";
import type { PipelineContext } from "./context.ts";

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
  /** Take an older, another or a missing file as it is. Default `false`. */
  readonly acceptRollback?: boolean | undefined;
}

/** Opens the state that belongs to the definition. Whatever it holds is kept out of all output from now on. */
export async function openStateOf(request: StateRequest, context: PipelineContext): Promise<OpenedState> {
  const { definition, modules, use = "write", acceptRollback = false } = request;
  const { configDir, env, own, redactor, onEvent } = context;
  const memory = openMemory({ configDir });
  const [keyring, trust] = await Promise.all([
    openKeyring({ configDir, env }),
    trustedSigners({ configDir, env, root: own, memory }),
  ]);
  const state = await openState({
    folder: path.join(own, "state"),
    scope: definition.scope,
    keyring,
    trust,
    memory,
    use,
    acceptRollback,
  });
  redactor.add(...state.secrets());
  for (const { message, hint } of state.warnings)
    onEvent({ type: "warning", message, ...(hint === undefined ? {} : { hint }) });
  return { keyring, trust, state, plan: planState(state, wantsOf(modules)) };
}

/** Every user gets a password, every daemon a number. */
function wantsOf(modules: readonly Module[]): { passwords: string[]; uiids: string[] } {
  return {
    passwords: modules.map(({ username }) => username),
    uiids: modules.flatMap(({ daemons }) => daemons.map(({ name }) => name)),
  };
}

/** What a template shows for a password that the next deploy makes. */
const PLACEHOLDER = "‹made by the next deploy›";

export interface Lookup {
  readonly state: State;
  readonly plan: StatePlan;
  readonly instance: InstanceName;
}

/** `module` as templates of a host see it; what is still missing shows as a placeholder. */
export function moduleContextOf(
  { definition, host }: { definition: Definition; host: Host },
  { state, plan, instance }: Lookup,
): object {
  return moduleContext(definition.modulesOf(host), {
    password: (username: string) => state.password(username, instance) ?? new Secret(PLACEHOLDER, `passwd/${username}`),
    uiid: (daemon: string) => state.uiid(daemon) ?? plan.uiids[daemon] ?? unplanned(daemon),
  });
}

function unplanned(daemon: string): never {
  throw new Error(`${daemon} was not planned for`);
}

/** `secret` as templates see it: by name. */
export function secretContext({ state, instance }: Pick<Lookup, "state" | "instance">): Record<string, Secret> {
  const names = state
    .secrets()
    .flatMap(({ name }) => /^(?:overlay\/[^/]+\/)?secrets\/(.+?)(?: \(previous\))?$/.exec(name)?.[1] ?? []);
  const found = [...new Set(names)].map((name) => [name, state.secret(name, instance)] as const);
  return Object.fromEntries(found.filter((entry): entry is [string, Secret] => entry[1] !== undefined));
}
