import { compareBytes, FacsimileError } from "@facsimile/core";
import { MAX_UIID } from "./format/document.ts";
import { pointerOf } from "./format/leaf.ts";
import { keysOf, type ValueName } from "./format/value-name.ts";
import type { Policy } from "./policy.ts";
import { innerOf, type State } from "./state.ts";

/** What a definition needs of its state. */
export interface Wants {
  /** User names that need a password. */
  readonly passwords?: readonly string[];
  /** Names of secrets that are made here where they are missing, such as `db/root`. */
  readonly secrets?: readonly string[];
  /** How values are made, by name: `db/root`, `passwd/storefront`. Default: `uuid`. */
  readonly policies?: Readonly<Record<string, Policy>>;
  /** Daemons that need a uiid, in the order of their numbering. */
  readonly uiids?: readonly string[];
}

/** What {@link sealState} would create. */
export interface StatePlan {
  readonly empty: boolean;
  /** User names without a password so far, sorted. */
  readonly passwords: readonly string[];
  /** Secrets that are missing so far, sorted. */
  readonly secrets: readonly string[];
  /** Of these, by name. */
  readonly policies: Readonly<Record<string, Policy>>;
  readonly uiids: Readonly<Record<string, number>>;
}

/**
 * What is missing. Pure; what exists is never changed, and a uiid stays taken when its daemon is gone.
 *
 * @throws `STATE_UIIDS_FULL` when the 255 numbers do not suffice.
 */
export function planState(state: State, wants: Wants): StatePlan {
  const { policies = {}, uiids = [] } = wants;
  const passwords = missing(state, { kind: "passwd", names: wants.passwords });
  const secrets = missing(state, { kind: "secrets", names: wants.secrets });
  const made = [...passwords.map((name) => `passwd/${name}`), ...secrets];
  const numbers = number(state, uiids);
  return {
    empty: made.length === 0 && numbers.length === 0,
    passwords,
    secrets,
    policies: Object.fromEntries(made.flatMap((name) => (policies[name] ? [[name, policies[name]]] : []))),
    uiids: Object.fromEntries(numbers),
  };
}

function missing(
  state: State,
  { kind, names = [] }: { kind: ValueName["kind"]; names: readonly string[] | undefined },
): readonly string[] {
  const have = innerOf(state).opened?.leaves;
  const lacks = (name: string) => have?.has(pointerOf(keysOf({ kind, name }))) !== true;
  return [...new Set(names.filter(lacks))].sort(compareBytes);
}

function number(state: State, daemons: readonly string[]): [string, number][] {
  const fresh = [...new Set(daemons)].filter((daemon) => state.uiid(daemon) === undefined);
  const taken = new Set(state.daemons().map((daemon) => state.uiid(daemon)));
  const free = Array.from({ length: MAX_UIID }, (_, index) => index + 1).filter((uiid) => !taken.has(uiid));
  if (fresh.length > free.length) throw full(state, fresh.length, free.length);
  return fresh.map((daemon, index) => [daemon, free[index] as number]);
}

function full(state: State, wanted: number, free: number): FacsimileError {
  const message = `${state.file} has ${free} of ${MAX_UIID} uiids left, but ${wanted} daemons need one`;
  return new FacsimileError("STATE_UIIDS_FULL", message, {
    hint: "Numbers of removed daemons stay taken until facs state purge gives them free. Or give some instances a scope of their own: state.scope.",
  });
}
