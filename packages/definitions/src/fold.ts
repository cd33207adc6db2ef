import type { KeyPath } from "@facsimile/core";
import { applyDirective, directiveOf } from "./directives.ts";
import { entryOf, isList, isMap, isSecretRef, kindOf, type Value, type ValueMap } from "./value.ts";

/** What happened at a path of the layer being folded in. */
export interface FoldEvents {
  /** A map met something else, which only `$replace` may do. */
  conflict?(path: KeyPath, what: { readonly over: string; readonly base: string }): void;
  /** A directive is written wrongly. */
  misuse?(path: KeyPath, message: string): void;
  /** A directive found nothing to work on. */
  idle?(path: KeyPath, directive: string): void;
}

/** Folds maps from weak to strong. Inputs are never changed; no directive is left in the result. */
export function foldValues(maps: readonly ValueMap[], events: FoldEvents = {}): ValueMap {
  return maps.reduce<ValueMap>((base, over) => foldOnto({ base, over }, events), {});
}

/** One step of {@link foldValues}. */
export function foldOnto({ base, over }: { base: ValueMap; over: ValueMap }, events: FoldEvents = {}): ValueMap {
  const result = new Merging(events).merge(base, over);
  return isMap(result) ? result : {};
}

/** One layer on its way into the values below it; knows where it is. */
export class Merging {
  readonly #events: FoldEvents;
  readonly #path: string[] = [];

  constructor(events: FoldEvents) {
    this.#events = events;
  }

  /** `base` with `over` on top; undefined means: no such key. */
  merge(base: Value | undefined, over: Value): Value | undefined {
    if (isSecretRef(over) || !isMap(over)) return this.#put(base, over);
    if (directiveOf(over) !== undefined) return applyDirective({ base, over }, this);
    if (isMap(base) && !isSecretRef(base)) return this.#mergeMaps(base, over);
    if (base !== undefined && base !== null) this.#conflict(base, over);
    return this.#mergeMaps({}, over);
  }

  /** `value` as it is when nothing lies beneath. */
  clean(value: Value): Value | undefined {
    return this.merge(undefined, value);
  }

  at<T>(key: string, work: () => T): T {
    this.#path.push(key);
    const result = work();
    this.#path.pop();
    return result;
  }

  misuse(message: string): void {
    this.#events.misuse?.([...this.#path], message);
  }

  idle(directive: string): void {
    this.#events.idle?.([...this.#path], directive);
  }

  /** Every element as it is when nothing lies beneath; those that delete themselves are gone. */
  cleanList(list: readonly Value[]): readonly Value[] {
    const cleaned = list.map((each, index) => this.at(String(index), () => this.clean(each)));
    return cleaned.filter((each) => each !== undefined);
  }

  #put(base: Value | undefined, over: Value): Value {
    if (isMap(base) && !isSecretRef(base) && over !== null) this.#conflict(base, over);
    return isList(over) ? this.cleanList(over) : over;
  }

  #mergeMaps(base: ValueMap, over: ValueMap): ValueMap {
    const result: Record<string, Value> = { ...base };
    for (const key of Object.keys(over)) {
      const merged = this.at(key, () => this.merge(entryOf(base, key), over[key] as Value));
      if (merged === undefined) delete result[key];
      else result[key] = merged;
    }
    return result;
  }

  #conflict(base: Value, over: Value): void {
    this.#events.conflict?.([...this.#path], { base: kindOf(base), over: kindOf(over) });
  }
}
