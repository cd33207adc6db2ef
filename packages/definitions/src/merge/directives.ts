import { didYouMean } from "@facsimile/core";
import { entryOf, isList, isMap, kindOf, sameValue, type Value, type ValueMap } from "../value.ts";
import { LITERAL } from "./interpolate.ts";

/** The fold that a directive is part of; it knows where it is. */
export interface Merging {
  /** `base` with `over` on top; undefined means: no such key. Equal parts of two results are the identical object. */
  merge(base: Value | undefined, over: Value): Value | undefined;
  /** `value` as it is when nothing lies beneath. */
  clean(value: Value): Value | undefined;
  /** Every element as it is when nothing lies beneath; those that delete themselves are gone. */
  cleanList(list: readonly Value[]): readonly Value[];
  /** Does `work` one key further down. */
  at<T>(key: string, work: () => T): T;
  /** The directive is written wrongly. */
  misuse(message: string, hint?: string): void;
  /** It found nothing to work on. */
  idle(directive: string): void;
}

interface Site {
  readonly base: Value | undefined;
  readonly over: ValueMap;
}

type Apply = (site: Site, merging: Merging) => Value | undefined;

/** The keys of a map that begin with `$`, or undefined where it is plain data. */
export function directiveOf(map: ValueMap): readonly string[] | undefined {
  const keys = Object.keys(map).filter((key) => key.startsWith("$"));
  return keys.length === 0 ? undefined : keys;
}

/** What a directive makes of what lies beneath it; undefined means: no such key. A wrong one leaves it alone. */
export function applyDirective(site: Site, merging: Merging): Value | undefined {
  const [name = ""] = directiveOf(site.over) ?? [];
  const apply = TABLE.get(shapeOf(site.over));
  if (apply !== undefined) return apply(site, merging);
  merging.misuse(...explain(site.over, name));
  return site.base;
}

function shapeOf(over: ValueMap): string {
  return Object.keys(over).sort().join(" ");
}

const append: Apply = ({ base, over }, merging) => {
  const items = listIn({ over, key: "$append" }, merging);
  const list = listBelow(base, { over, merging, key: "$append" });
  return items === undefined || list === undefined ? base : [...list, ...items];
};

const remove: Apply = ({ base, over }, merging) => {
  const items = listIn({ over, key: "$remove" }, merging);
  const list = listBelow(base, { over, merging, key: "$remove" });
  if (items === undefined || list === undefined) return base;
  const [isThere, isGone] = [membership(list), membership(items)];
  if (!items.every(isThere)) merging.idle("$remove");
  return base === undefined ? undefined : list.filter((each) => !isGone(each));
};

/** Whether a value is one of the list; scalars, however many, are found at once. */
function membership(list: readonly Value[]): (value: Value) => boolean {
  const scalars = new Set(list.filter((each) => typeof each !== "object"));
  const others = list.filter((each) => typeof each === "object");
  return (value) => (typeof value === "object" ? others.some((each) => sameValue(each, value)) : scalars.has(value));
}

const removeThenAppend: Apply = ({ base, over }, merging) => {
  const left = remove({ base, over: { $remove: over["$remove"] ?? null } }, merging);
  return append({ base: left, over: { $append: over["$append"] ?? null } }, merging);
};

const mergeBy: Apply = ({ base, over }, merging) => {
  const field = over["$mergeBy"];
  const items = over["items"];
  const list = listBelow(base, { over, merging, key: "$mergeBy" });
  if (typeof field !== "string" || !isList(items)) {
    merging.misuse('$mergeBy takes the name of a key and a list: {$mergeBy: "name", items: […]}');
    return base;
  }
  if (list === undefined) return base;
  return merging.at("items", () =>
    items.reduce<readonly Value[]>(
      (result, item, index) => merging.at(String(index), () => mergeItem(result, { item, field }, merging)),
      list,
    ),
  );
};

function mergeItem(
  list: readonly Value[],
  { item, field }: { item: Value; field: string },
  merging: Merging,
): readonly Value[] {
  const name = entryOf(item, field);
  if (!isMap(item) || name === undefined) {
    merging.misuse(`every item of $mergeBy needs the key ${JSON.stringify(field)}`);
    return list;
  }
  const found = list.findIndex((each) => sameValue(entryOf(each, field), name));
  const deletes = item["$delete"] === true;
  if (deletes && found < 0) merging.idle("$delete");
  if (deletes) return list.filter((_, index) => index !== found);
  const merged = merging.merge(list[found], item);
  if (merged === undefined) return list;
  return found < 0 ? [...list, merged] : list.with(found, merged);
}

const deletes: Apply = ({ base, over }, merging) => {
  if (over["$delete"] !== true) {
    merging.misuse("$delete takes true: {$delete: true}");
    return base;
  }
  if (base === undefined) merging.idle("$delete");
  return undefined;
};

const replace: Apply = ({ over }, merging) => merging.at("$replace", () => merging.clean(over["$replace"] as Value));

const literal: Apply = ({ over }) => escaped(over["$literal"] as Value);

const misuseSecret: Apply = ({ base }, merging) => {
  merging.misuse('$secret takes the name of a secret: {$secret: "db/root"}');
  return base;
};

/** Interpolation gives back exactly what was written: `$${` stands for `${`. */
function escaped(value: Value): Value {
  if (typeof value === "string") {
    const plain = value.replaceAll("${", () => "$${");
    return plain.replace(/%HOMEDIR%|\{\{environ\.(?:HOME|USER)(?=\}\})/g, (old) => `\${${LITERAL}${old}}`);
  }
  if (isList(value)) return value.map(escaped);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, escaped(inner)]));
}

function listIn({ over, key }: { over: ValueMap; key: string }, merging: Merging): readonly Value[] | undefined {
  const value = over[key];
  if (isList(value)) return merging.at(key, () => merging.cleanList(value));
  const hint = typeof value === "string" ? `Write {${key}: [${JSON.stringify(value)}]}.` : undefined;
  merging.misuse(`${key} takes a list: {${key}: […]}`, hint);
  return undefined;
}

function listBelow(
  base: Value | undefined,
  { key, merging }: { over: ValueMap; key: string; merging: Merging },
): readonly Value[] | undefined {
  if (base === undefined || base === null) {
    if (key === "$remove") merging.idle(key);
    return [];
  }
  if (isList(base)) return base;
  merging.misuse(`${key} works on a list, but what it inherits is ${kindOf(base)}`);
  return undefined;
}

/** Message and hint. */
function explain(over: ValueMap, name: string): [message: string, hint?: string] {
  const known = [...TABLE.keys()].filter((key) => !key.includes(" ")).concat("$mergeBy");
  if (!known.includes(name)) {
    const near = didYouMean(name, known);
    if (near !== undefined) return [`there is no directive ${name}`, `Did you mean ${near}?`];
    const hint = "A key of your own that begins with $ is written {$literal: {…}}.";
    return [`there is no directive ${name}: known are ${known.join(", ")}`, hint];
  }
  if (name === "$mergeBy") return ['$mergeBy needs items, and nothing else: {$mergeBy: "name", items: […]}'];
  const others = Object.keys(over).filter((key) => key !== name);
  return [`${name} stands alone in its map, but here is also ${others.join(", ")}`];
}

const TABLE: ReadonlyMap<string, Apply> = new Map([
  ["$append", append],
  ["$remove", remove],
  ["$append $remove", removeThenAppend],
  ["$mergeBy items", mergeBy],
  ["$delete", deletes],
  ["$replace", replace],
  ["$literal", literal],
  ["$secret", misuseSecret],
]);
