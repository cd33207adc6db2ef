/** What two sides say of one name, and what both came from; `undefined`: it is not there. */
export interface Sides<T> {
  readonly base: T | undefined;
  readonly ours: T | undefined;
  readonly theirs: T | undefined;
}

export interface Maps<T> {
  readonly base: ReadonlyMap<string, T>;
  readonly ours: ReadonlyMap<string, T>;
  readonly theirs: ReadonlyMap<string, T>;
}

export interface Merged<T> {
  /** Where both sides changed a name, it is ours. */
  readonly merged: ReadonlyMap<string, T>;
  /** Names that both sides changed, each in its way. */
  readonly clashes: ReadonlyMap<string, Sides<T>>;
}

/** Whether two say the same. */
export type Same<T> = (one: T | undefined, other: T | undefined) => boolean;

/** Merges name by name: what one side changed is taken, what both changed alike too. Pure. */
export function threeWay<T>({ base, ours, theirs }: Maps<T>, same: Same<T> = Object.is): Merged<T> {
  const merged = new Map<string, T>();
  const clashes = new Map<string, Sides<T>>();
  for (const name of new Set([...ours.keys(), ...theirs.keys()])) {
    const sides = { base: base.get(name), ours: ours.get(name), theirs: theirs.get(name) };
    const taken = takenOf(sides, same);
    const value = sides[taken ?? "ours"];
    if (taken === undefined) clashes.set(name, sides);
    if (value !== undefined) merged.set(name, value);
  }
  return { merged, clashes };
}

/** The side that is right; `undefined` where both changed it. */
export function takenOf<T>({ base, ours, theirs }: Sides<T>, same: Same<T>): "ours" | "theirs" | undefined {
  if (same(ours, theirs) || same(base, theirs)) return "ours";
  return same(base, ours) ? "theirs" : undefined;
}
