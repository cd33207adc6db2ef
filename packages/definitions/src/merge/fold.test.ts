import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Value, ValueMap } from "../value.ts";
import { type FoldEvents, foldValues } from "./fold.ts";

const fold = (...maps: ValueMap[]) => foldValues(maps);

function traced(...maps: ValueMap[]) {
  const seen: string[] = [];
  const events: FoldEvents = {
    conflict: (path, { over, base }) => seen.push(`conflict ${path.join(".")}: ${over} over ${base}`),
    misuse: (path, message) => seen.push(`misuse ${path.join(".")}: ${message}`),
    idle: (path, directive) => seen.push(`idle ${path.join(".")}: ${directive}`),
  };
  return { values: foldValues(maps, events), seen };
}

describe("folding", () => {
  it("merges maps at every depth, the stronger value winning, and keeps the order of first mention", () => {
    const values = fold({ a: 1, d: { x: 1, y: { p: 1 } } }, { d: { y: { q: 2 }, z: 3 }, a: 2 });
    expect(values).toEqual({ a: 2, d: { x: 1, y: { p: 1, q: 2 }, z: 3 } });
    expect(Object.keys(values)).toEqual(["a", "d"]);
  });

  it("replaces lists whole, and lists and scalars by each other", () => {
    expect(fold({ l: [1, 2, 3], s: "x", m: [1] }, { l: [9], s: [1], m: 5 })).toEqual({ l: [9], s: [1], m: 5 });
  });

  it("treats null as a value that replaces anything and that anything replaces", () => {
    expect(fold({ map: { k: 1 }, list: [1], n: null }, { map: null, list: null, n: { k: 1 } })).toEqual({
      map: null,
      list: null,
      n: { k: 1 },
    });
  });

  it("reports a map over something else, and something else over a map, and goes on with the stronger", () => {
    const { values, seen } = traced({ a: { k: 1 }, b: [1], c: { d: "x" } }, { a: 5, b: { k: 2 }, c: { d: { e: 1 } } });
    expect(seen).toEqual([
      "conflict a: the number 5 over a map",
      "conflict b: a map over a list",
      "conflict c.d: a map over a string",
    ]);
    expect(values).toEqual({ a: 5, b: { k: 2 }, c: { d: { e: 1 } } });
  });

  it("treats a reference to a secret as a leaf", () => {
    const ref = { $secret: "db/root" };
    expect(traced({ p: "clear" }, { p: ref })).toEqual({ values: { p: ref }, seen: [] });
    expect(traced({ p: ref }, { p: "clear" }).seen).toEqual([]);
    expect(traced({ p: { k: 1 } }, { p: ref }).seen).toEqual(["conflict p: a map over a map"]);
    expect(traced({ p: { $secret: 5 } }).seen[0]).toContain('{$secret: "db/root"}');
  });

  it("takes keys that JavaScript objects inherit as keys like any other", () => {
    expect(fold({ a: 1 }, { toString: { x: 1 }, valueOf: { $append: [1] } })).toEqual({
      a: 1,
      toString: { x: 1 },
      valueOf: [1],
    });
  });
});

describe("directives", () => {
  it("append to a list and remove from it, layer by layer", () => {
    expect(fold({ l: ["a", "b"] }, { l: { $append: ["c"] } }, { l: { $remove: ["a"] } })).toEqual({ l: ["b", "c"] });
    expect(fold({ l: ["a", "b"] }, { l: { $remove: ["a"], $append: ["z"] } })).toEqual({ l: ["b", "z"] });
    expect(fold({ l: [{ k: 1 }, { k: 2 }] }, { l: { $remove: [{ k: 1 }] } })).toEqual({ l: [{ k: 2 }] });
  });

  it("work where nothing lies beneath, or null", () => {
    expect(fold({ l: { $append: [1] }, n: { m: { $append: [2] } } })).toEqual({ l: [1], n: { m: [2] } });
    expect(fold({ l: null }, { l: { $append: [1] } })).toEqual({ l: [1] });
  });

  it("merge lists of maps by a key, item by item", () => {
    const base = { l: [{ name: "a", x: 1, o: { p: 1 } }, { name: "b" }, { name: "c" }] };
    const over = {
      l: { $mergeBy: "name", items: [{ name: "a", o: { q: 2 } }, { name: "b", $delete: true }, { name: "d" }] },
    };
    expect(fold(base, over)).toEqual({ l: [{ name: "a", x: 1, o: { p: 1, q: 2 } }, { name: "c" }, { name: "d" }] });
  });

  it("delete a key, also a map's, and let a stronger layer set it anew", () => {
    expect(fold({ a: { k: 1 }, b: 2 }, { a: { $delete: true } })).toEqual({ b: 2 });
    expect(fold({ a: { k: 1 } }, { a: { $delete: true } }, { a: { n: 1 } })).toEqual({ a: { n: 1 } });
  });

  it("replace a map by anything, and resolve directives within the replacement", () => {
    expect(fold({ a: { k: 1 } }, { a: { $replace: { n: { $append: [1] } } } })).toEqual({ a: { n: [1] } });
    expect(traced({ a: { k: 1 } }, { a: { $replace: "x" } })).toEqual({ values: { a: "x" }, seen: [] });
  });

  it("keep a literal as it is, and let layers above merge into it", () => {
    expect(fold({ a: { $literal: { $append: ["x"] } } })).toEqual({ a: { $append: ["x"] } });
    expect(fold({ a: { $literal: { $x: 1 } } }, { a: { y: 2 } })).toEqual({ a: { $x: 1, y: 2 } });
  });

  it("that find nothing to work on are told", () => {
    const { values, seen } = traced(
      { l: ["a"] },
      {
        l: { $remove: ["nope"] },
        gone: { $delete: true },
        m: { $mergeBy: "name", items: [{ name: "x", $delete: true }] },
        r: { $remove: [1] },
      },
    );
    expect(seen).toEqual([
      "idle l: $remove",
      "idle gone: $delete",
      "idle m.items.0: $delete",
      "idle r: $remove",
      "idle r: $remove",
    ]);
    expect(values).toEqual({ l: ["a"], m: [] });
  });

  it.each<[string, ValueMap, string]>([
    ["a misspelt one", { a: { $apend: [1] } }, "there is no directive $apend"],
    ["one beside plain keys", { a: { $append: [1], k: 1 } }, "$append stands alone in its map, but here is also k"],
    ["a text to append", { a: { $append: "x" } }, "$append takes a list: {$append: […]}"],
    ["a list to append to a map", { m: { $append: [1] } }, "$append works on a list, but what it inherits is a map"],
    ["a deletion that is none", { m: { $delete: "yes" } }, "$delete takes true: {$delete: true}"],
    [
      "items without a key",
      { l: { $mergeBy: "name", items: [{ x: 1 }] } },
      'every item of $mergeBy needs the key "name"',
    ],
    [
      "mergeBy without items",
      { l: { $mergeBy: "name" } },
      '$mergeBy needs items, and nothing else: {$mergeBy: "name", items: […]}',
    ],
    [
      "mergeBy with a number",
      { l: { $mergeBy: 1, items: [] } },
      '$mergeBy takes the name of a key and a list: {$mergeBy: "name", items: […]}',
    ],
  ])("written wrongly leave the value alone and say what is wrong: %s", (_, over, message) => {
    const base = { m: { k: 1 }, l: [{ name: "x" }] };
    const { values, seen } = traced(base, over);
    expect(seen[0]?.replace(/^misuse [\w.]+: /, "")).toMatch(
      new RegExp(`^${message.replace(/[$.*+?()[\]{}|^]/g, "\\$&")}`),
    );
    expect(values).toEqual(base);
  });
});

describe("for all layers", () => {
  const key = fc.constantFrom("a", "b", "c", "name");
  const { tree } = fc.letrec<{ tree: Value; map: ValueMap; directive: ValueMap }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, depthSize: "small" },
      fc.constantFrom<Value>(null, true, 1, "x", "y"),
      fc.array(tie("tree"), { maxLength: 3 }),
      tie("map"),
      tie("directive"),
    ),
    map: fc.dictionary(key, tie("tree"), { maxKeys: 4 }),
    directive: fc.oneof(
      fc.record({ $append: fc.array(tie("tree"), { maxLength: 2 }) }),
      fc.record({ $remove: fc.array(tie("tree"), { maxLength: 2 }) }),
      fc.record({ $delete: fc.constant(true) }),
      fc.record({ $replace: tie("tree") }),
      fc.record({ $mergeBy: fc.constant("name"), items: fc.array(tie("tree"), { maxLength: 2 }) }),
      fc.record({ $apend: fc.array(tie("tree")) }),
    ),
  }));
  const layers = fc.array(fc.dictionary(key, tree, { maxKeys: 4 }), { minLength: 1, maxLength: 4 });

  it("nothing handed in is changed", () => {
    fc.assert(
      fc.property(layers, (maps) => {
        const before = JSON.stringify(maps);
        deepFreeze(maps);
        foldValues(maps);
        expect(JSON.stringify(maps)).toBe(before);
      }),
    );
  });

  it("no directive survives", () => {
    fc.assert(
      fc.property(layers, (maps) => {
        expect(JSON.stringify(foldValues(maps))).not.toMatch(/"\$/);
      }),
    );
  });

  it("folding is a left fold: the first layers' result stands in for them", () => {
    fc.assert(
      fc.property(layers, fc.nat(4), (maps, cut) => {
        const first = foldValues(maps.slice(0, cut));
        // What lies beneath is data: only the layer on top is read for directives.
        expect(foldValues([first, ...maps.slice(cut)])).toEqual(foldValues(maps));
      }),
    );
  });

  it("keys keep the order in which they are first mentioned", () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(key, fc.integer()), { maxLength: 5 }), (maps) => {
        const order = [...new Set(maps.flatMap((map) => Object.keys(map)))];
        expect(Object.keys(foldValues(maps))).toEqual(order);
      }),
    );
  });
});

function deepFreeze(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  Object.freeze(value);
  Object.values(value).forEach(deepFreeze);
}
