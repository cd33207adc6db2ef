import fc from "fast-check";
import { isList, isMap, type Value, type ValueMap } from "../src/value.ts";

/** Keys that no map of well-known ones has; some that JavaScript objects inherit. */
export const key = fc.constantFrom("a", "b", "c", "name", "x.y", "ü", "toString", "", "B");

export const scalar = fc.constantFrom<Value>(null, true, false, 0, 1, -1.5, 2 ** 53, "", "x", "y", "a longer text\n");

const secret = fc.constantFrom<Value>({ $secret: "db/root" }, { $secret: "db/other" });

// Objects as parsers make them.
const OBJECT = { noNullPrototype: true } as const;

/** Plain data: no directive anywhere. */
export const plain = fc.letrec<{ tree: Value; map: ValueMap }>((tie) => ({
  tree: fc.oneof({ maxDepth: 4, depthSize: "small" }, scalar, fc.array(tie("tree"), { maxLength: 3 }), tie("map")),
  map: fc.dictionary(key, tie("tree"), { maxKeys: 4, ...OBJECT }),
}));

/** Anything that can be written, directives at every place, right and wrong. */
export const wild = fc.letrec<{ tree: Value; map: ValueMap; directive: ValueMap }>((tie) => {
  const list = fc.array(tie("tree"), { maxLength: 3 });
  return {
    tree: fc.oneof({ maxDepth: 4, depthSize: "small" }, scalar, secret, list, tie("map"), tie("directive")),
    map: fc.dictionary(key, tie("tree"), { maxKeys: 4, ...OBJECT }),
    directive: fc.oneof(
      fc.record({ $append: list }, OBJECT),
      fc.record({ $remove: list }, OBJECT),
      fc.record({ $append: list, $remove: list }, OBJECT),
      fc.record({ $mergeBy: fc.constant("name"), items: list }, OBJECT),
      fc.record({ $delete: fc.constantFrom<Value>(true, true, false) }, OBJECT),
      fc.record({ $replace: tie("tree") }, OBJECT),
      fc.record({ $literal: tie("tree") }, OBJECT),
      fc.dictionary(fc.constantFrom("$append", "$apend", "$secret", "$mergeBy", "items", "$"), tie("tree"), {
        minKeys: 1,
        ...OBJECT,
      }),
    ),
  };
});

/**
 * Layers without a mistake: keys that begin with `s` hold single values, `l` lists, `m` maps, in every layer, and
 * directives that fit. Lists hold single values, and maps with a name.
 */
export const sound = fc.letrec<{ single: Value; item: Value; list: Value; map: ValueMap; inner: Value }>((tie) => {
  const items = fc.array(tie("item"), { maxLength: 3 });
  const deleted = fc.constant<Value>({ $delete: true });
  const named = fc.record({ name: fc.constantFrom("p", "q", "r"), s: scalar }, { requiredKeys: ["name"], ...OBJECT });
  const content = fc.record(
    { s1: tie("single"), s2: tie("single"), l1: tie("list"), m1: tie("inner") },
    { requiredKeys: [], ...OBJECT },
  );
  return {
    single: fc.oneof(
      { weight: 4, arbitrary: scalar },
      secret,
      deleted,
      fc.record({ $replace: scalar }, OBJECT),
      fc.record({ $literal: scalar }, OBJECT),
    ),
    item: fc.oneof(scalar, named),
    list: fc.oneof(
      { weight: 2, arbitrary: items },
      fc.record({ $append: items }, OBJECT),
      fc.record({ $remove: items }, OBJECT),
      fc.record({ $append: items, $remove: items }, OBJECT),
      fc.record(
        {
          $mergeBy: fc.constant("name"),
          items: fc.array(
            fc.oneof(
              named,
              named.map((item) => ({ ...item, $delete: true })),
            ),
            { maxLength: 3 },
          ),
        },
        OBJECT,
      ),
      fc.record({ $replace: items }, OBJECT),
      fc.record({ $literal: items }, OBJECT),
      deleted,
      fc.constant<Value>(null),
    ),
    inner: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      deleted,
      fc.constant<Value>(null),
      { weight: 4, arbitrary: tie("map") },
      fc.record({ $replace: tie("map") }, OBJECT),
      fc.record({ $literal: plain.map }, OBJECT),
    ),
    map: content.map((entries) => entries as ValueMap),
  };
});

/** Freezes every part; what is changed afterwards throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}

/** The paths of all single values, and of empty maps and lists. */
export function leafPaths(value: Value, above: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return [above];
  return Object.entries(value).flatMap(([each, inner]) => leafPaths(inner as Value, [...above, each]));
}

/** The keys of all maps, at every depth. */
export function allKeys(value: Value): readonly string[] {
  if (isList(value)) return value.flatMap(allKeys);
  return isMap(value) ? Object.entries(value).flatMap(([each, inner]) => [each, ...allKeys(inner)]) : [];
}
