import { pointerOf } from "./format/leaf.ts";
import type { ValueName } from "./format/value-name.ts";
import { innerOf, leavesOf, type State } from "./state.ts";

/** What is known of a value without showing it. */
export interface ValueInfo {
  readonly name: ValueName;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** How it was made: `uuid`, `hex 32`, `given`. */
  readonly policy: string;
  /** When a rotation replaced the one before; undefined where none did. */
  readonly rotated: string | undefined;
}

/** Every value of a state, those of all sharers first. */
export function valuesOf(state: State): readonly ValueInfo[] {
  const { opened } = innerOf(state);
  if (opened === undefined) return [];
  return leavesOf(opened.document).flatMap(({ keys }) => {
    const content = opened.leaves.get(pointerOf(keys));
    if (content === undefined) return [];
    const { created, policy, previous } = content;
    return [{ name: nameAt(keys), created, policy, rotated: previous?.until }];
  });
}

function nameAt(keys: readonly string[]): ValueName {
  const [kind, name] = keys.slice(-2) as [ValueName["kind"], string];
  const instance = keys[1] === "overlay" ? keys[2] : undefined;
  return { kind, name, ...(instance === undefined ? {} : { instance }) };
}
