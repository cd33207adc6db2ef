import { isDeepStrictEqual } from "node:util";
import { formatPath } from "@facsimile/core";
import { isSecretRef, type Value, type ValueMap } from "../src/index.ts";
import { entryOf, isList, isMap } from "../src/value.ts";

/** The rules of the fold once more, written to be read; and which directives hit nothing, as `$delete a.b`. */
export function naiveFold(maps: readonly ValueMap[]): { values: ValueMap; idle: ReadonlySet<string> } {
  const idle = new Set<string>();
  const values = maps.reduce<ValueMap>((base, over) => naive(base, over, new Site([], idle)) as ValueMap, {});
  return { values, idle };
}

class Site {
  readonly path: readonly string[];
  readonly idle: Set<string>;

  constructor(path: readonly string[], idle: Set<string>) {
    this.path = path;
    this.idle = idle;
  }

  at(...keys: string[]): Site {
    return new Site([...this.path, ...keys], this.idle);
  }

  tellIdle(directive: string): void {
    this.idle.add(`${directive} ${formatPath(this.path)}`);
  }
}

function naive(base: Value | undefined, over: Value, site: Site): Value | undefined {
  if (isList(over)) return clean(over, site);
  if (!isMap(over) || isSecretRef(over)) return over;
  return Object.keys(over).some((key) => key.startsWith("$")) ? directed(base, over, site) : merged(base, over, site);
}

function merged(base: Value | undefined, over: ValueMap, site: Site): ValueMap {
  const result = new Map(Object.entries(isMap(base) && !isSecretRef(base) ? base : {}));
  for (const [key, value] of Object.entries(over)) {
    const inner = naive(result.get(key), value, site.at(key));
    if (inner === undefined) result.delete(key);
    else result.set(key, inner);
  }
  return Object.fromEntries(result);
}

/** What stands where no list is leaves alone what lies below. */
function directed(base: Value | undefined, over: ValueMap, site: Site): Value | undefined {
  const isDeleted = over["$delete"] === true;
  if (isDeleted && base === undefined) site.tellIdle("$delete");
  if (isDeleted) return undefined;
  if (over["$replace"] !== undefined) return naive(undefined, over["$replace"], site.at("$replace"));
  if (over["$literal"] !== undefined) return over["$literal"];
  if (base !== undefined && base !== null && !isList(base)) return base;
  return over["$mergeBy"] === undefined ? listed(base, over, site) : itemsMerged(base ?? [], over, site);
}

function listed(base: readonly Value[] | null | undefined, { $append, $remove }: ValueMap, site: Site) {
  const list = base ?? [];
  const gone = clean($remove, site.at("$remove"));
  const missed = gone.some((each) => !list.some((one) => isDeepStrictEqual(one, each)));
  if ($remove !== undefined && (missed || base == null)) site.tellIdle("$remove");
  if ($append === undefined && base === undefined) return undefined;
  const left = list.filter((one) => !gone.some((each) => isDeepStrictEqual(one, each)));
  return [...left, ...clean($append, site.at("$append"))];
}

function itemsMerged(list: readonly Value[], { $mergeBy: field, items }: ValueMap, site: Site): readonly Value[] {
  let result = [...list];
  for (const [index, item] of Object.entries(items as readonly ValueMap[])) {
    const name = item[String(field)];
    const found = result.findIndex((each) => isDeepStrictEqual(entryOf(each, String(field)), name));
    const here = site.at("items", index);
    if (item["$delete"] === true && found < 0) here.tellIdle("$delete");
    if (item["$delete"] === true) result = result.filter((_, at) => at !== found);
    else result[found < 0 ? result.length : found] = naive(result[found], item, here) as Value;
  }
  return result;
}

/** Items as they are where nothing lies below. */
function clean(items: Value | undefined, site: Site): readonly Value[] {
  const list = isList(items) ? items : [];
  return list.map((each, n) => naive(undefined, each, site.at(String(n)))).filter((each) => each !== undefined);
}

/** Everything that a key may hold, so far as the rules tell it apart. */
export const KINDS: readonly (Value | undefined)[] = [
  undefined,
  null,
  "x",
  { $secret: "db/root" },
  ["x", "y"],
  [{ name: "p", s: 1 }],
  { k: 1, d: { e: 1 } },
  { $append: ["x", "z"] },
  { $remove: ["x"] },
  { $append: ["x"], $remove: ["x", "y"] },
  { $mergeBy: "name", items: [{ name: "p", t: 2 }, { name: "q" }] },
  { $mergeBy: "name", items: [{ name: "p", $delete: true }] },
  { $delete: true },
  { $replace: { k: { $delete: true }, l: { $append: [1] } } },
  { $replace: ["x"] },
  { $literal: { $append: ["x"] } },
  { d: { $delete: true }, k: { $append: [3] } },
];

/** Every list of so many kinds. */
export function* combinations(length: number): Generator<readonly (Value | undefined)[]> {
  if (length === 0) yield [];
  else for (const rest of combinations(length - 1)) for (const kind of KINDS) yield [...rest, kind];
}

export const asLayer = (value: Value | undefined): ValueMap => (value === undefined ? {} : { key: value });
