import { type InstanceName, parseInstance, type Secret } from "@facsimile/core";
import { parseValueName, type State, type ValueInfo, type ValueName, valuesOf } from "@facsimile/state";
import type { Sharer } from "../state/state-of.ts";
import type { SecretScope } from "./scope.ts";

/** What is known of the value at a place; undefined where the state does not hold it there. */
export function infoOf(name: ValueName, state: State): ValueInfo | undefined {
  return valuesOf(state).find(({ name: each }) => isSame(each, name));
}

function isSame(a: ValueName, b: ValueName): boolean {
  return a.kind === b.kind && a.name === b.name && a.instance === b.instance;
}

/** Where the value stands that an instance sees: its own, else that of the nearest above it, else that of all. */
export function placeSeen(
  name: string,
  { instance, state }: { readonly instance: InstanceName; readonly state: State },
): ValueInfo | undefined {
  const places = [...above(instance), undefined].map((each) => parseValueName(name, each));
  return places.map((place) => infoOf(place, state)).find((info) => info !== undefined);
}

/** Of all who share the scope, those who see what stands at this place: nobody with a value of its own. */
export function seenBy(name: ValueName, { state, sharers }: Pick<SecretScope, "state" | "sharers">): readonly Sharer[] {
  return sharers.filter(({ instance }) => {
    const own = above(parseInstance(instance)).find(
      (each) => each === name.instance || infoOf({ ...name, instance: each }, state),
    );
    return own === name.instance;
  });
}

/** `a.b.c`, `a.b`, `a`. */
function above({ parts }: InstanceName): readonly string[] {
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("."));
}

/** The value that an instance sees, or the one that stood there before its last rotation. */
export function secretSeen(
  name: string,
  { previous, ...at }: { readonly instance: InstanceName; readonly state: State; readonly previous: boolean },
): Secret | undefined {
  const place = placeSeen(name, at);
  return place && secretAt(place.name, { state: at.state, previous });
}

/** What stands at a place, or stood there before its last rotation. */
export function secretAt(
  name: ValueName,
  { state, previous = false }: { readonly state: State; readonly previous?: boolean },
): Secret | undefined {
  const all = valuesOf(state);
  const index = all.findIndex((info) => isSame(info.name, name));
  if (index < 0 || (previous && all[index]?.rotated === undefined)) return undefined;
  // A state gives all values in this order, each previous one right after the one that took its place.
  const more = all.slice(0, index).filter(({ rotated }) => rotated !== undefined).length;
  return state.secrets()[index + more + (previous ? 1 : 0)];
}
