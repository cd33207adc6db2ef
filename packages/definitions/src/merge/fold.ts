import type { KeyPath } from "@facsimile/core";
import { NOTHING } from "../memo.ts";
import { entryOf, freeze, isList, isMap, isSecretRef, kindOf, type Value, type ValueMap } from "../value.ts";
import { applyDirective, directiveOf, type Merging } from "./directives.ts";

/** What happened at a path of the layer being folded in. */
export interface FoldEvents {
  /** A map met something else, which only `$replace` may do. */
  conflict?(path: KeyPath, what: { readonly over: string; readonly base: string }): void;
  /** A directive is written wrongly. */
  misuse?(path: KeyPath, message: string, hint?: string): void;
  /** A directive found nothing to work on. */
  idle?(path: KeyPath, directive: string): void;
}

/** Folds maps from weak to strong. Inputs are never changed; no directive is left in the result. */
export function foldValues(maps: readonly ValueMap[], events: FoldEvents = {}): ValueMap {
  return maps.reduce<ValueMap>((base, over) => foldOnto({ base, over }, events), {});
}

/** One step of {@link foldValues}. `isInert`: no directive is anywhere in `over`. Default: it is looked for. */
export function foldOnto(
  { base, over, isInert = false }: { base: ValueMap; over: ValueMap; isInert?: boolean },
  events: FoldEvents = {},
): ValueMap {
  const result = new OneLayer(events, isInert).merge(base, over);
  return isMap(result) ? result : {};
}

/** What frozen values came to when nothing was to be told; by the value above, which a file holds, then by the one below. */
const MERGED = new WeakMap<object, Map<object, { readonly value: Value | undefined }>>();

/** One layer on its way into the values below it; knows where it is. */
class OneLayer implements Merging {
  readonly #events: FoldEvents;
  readonly #isInert: boolean;
  readonly #path: string[] = [];
  #told = 0;

  constructor(events: FoldEvents, isInert: boolean) {
    this.#events = events;
    this.#isInert = isInert;
  }

  merge(base: Value | undefined, over: Value): Value | undefined {
    if (this.#isInert && (base === undefined || !isMap(over))) return this.#put(base, over);
    const below: unknown = base === undefined ? NOTHING : base;
    if (!isFrozenObject(over) || !isFrozenObject(below)) return this.#merge(base, over);
    const known = MERGED.get(over)?.get(below);
    if (known !== undefined) return known.value;
    const told = this.#told;
    const value = this.#merge(base, over);
    if (this.#told === told) remember({ below, over, value });
    return value;
  }

  clean(value: Value): Value | undefined {
    return this.merge(undefined, value);
  }

  at<T>(key: string, work: () => T): T {
    this.#path.push(key);
    const result = work();
    this.#path.pop();
    return result;
  }

  misuse(message: string, hint?: string): void {
    this.#told++;
    this.#events.misuse?.([...this.#path], message, hint);
  }

  idle(directive: string): void {
    this.#told++;
    this.#events.idle?.([...this.#path], directive);
  }

  cleanList(list: readonly Value[]): readonly Value[] {
    const cleaned = list.map((each, index) => this.at(String(index), () => this.clean(each)));
    if (cleaned.every((each, index) => each === list[index])) return list;
    return Object.freeze(cleaned.filter((each) => each !== undefined));
  }

  #merge(base: Value | undefined, over: Value): Value | undefined {
    if (isSecretRef(over) || !isMap(over)) return this.#put(base, over);
    if (directiveOf(over) !== undefined) return freeze(applyDirective({ base, over }, this));
    if (isMap(base) && !isSecretRef(base)) return this.#mergeMaps(base, over);
    if (base !== undefined && base !== null) this.#conflict(base, over);
    return this.#mergeMaps(EMPTY, over);
  }

  #put(base: Value | undefined, over: Value): Value {
    if (isMap(base) && !isSecretRef(base) && over !== null) this.#conflict(base, over);
    return isList(over) && !this.#isInert ? this.cleanList(over) : over;
  }

  #mergeMaps(base: ValueMap, over: ValueMap): ValueMap {
    const result: Record<string, Value> = { ...base };
    let isOver = base === EMPTY;
    for (const key of Object.keys(over)) {
      const merged = this.at(key, () => this.merge(entryOf(base, key), over[key] as Value));
      isOver &&= merged === over[key];
      if (merged === undefined) delete result[key];
      else result[key] = merged;
    }
    return isOver ? over : Object.freeze(result);
  }

  #conflict(base: Value, over: Value): void {
    this.#told++;
    this.#events.conflict?.([...this.#path], { base: kindOf(base), over: kindOf(over) });
  }
}

const EMPTY: ValueMap = Object.freeze({});

function isFrozenObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.isFrozen(value);
}

function remember({ below, over, value }: { below: object; over: object; value: Value | undefined }): void {
  const known = MERGED.get(over) ?? new Map();
  MERGED.set(over, known.set(below, { value }));
}
