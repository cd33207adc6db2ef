import type { InstanceName } from "@facsimile/core";
import type { State } from "@facsimile/state";
import type { Release } from "../../release/release.ts";

/** What a release is held against. */
export interface AtHand {
  readonly state: State;
  readonly instance: InstanceName;
  /** Hosts remember a later state, or another. Default `false`. */
  readonly isOlder?: boolean | undefined;
}

/**
 * Whether a release holds values that the state at hand may never have had, whatever it says of them: those of a place that was
 * taken over, of the state that the instance had before, or of a later one. Pure.
 */
export function isForeign(
  { instance, state: made }: Pick<Release, "instance" | "state">,
  { isOlder = false, ...now }: AtHand,
): boolean {
  return isOlder || instance !== now.instance.full || made.scope !== now.state.scope || made.serial > now.state.serial;
}
