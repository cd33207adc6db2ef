import { formatPath, type KeyPath } from "@facsimile/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Definition } from "../types.ts";
import { sameValue, type Value, type ValueMap, valueAt } from "../value.ts";
import { type CompareOptions, compareDefinitions } from "./compare.ts";
import { leavesOf } from "./leaves.ts";

/** As much of a definition as a comparison looks at; everything is written in one file. */
function definition(values: ValueMap, file = "a.json5"): Definition {
  const origin = (path: KeyPath) => ({
    layer: file,
    position: { file, line: path.length, column: 1 },
    value: valueAt(values, path),
    overrode: [],
  });
  return { values, origin, secrets: [] } as unknown as Definition;
}

const compare = (a: ValueMap, b: ValueMap, options?: CompareOptions) =>
  compareDefinitions(definition(a), definition(b, "b.json5"), options);

/** `path: a | b` for each difference. */
const told = (a: ValueMap, b: ValueMap, options?: CompareOptions) =>
  compare(a, b, options).differences.map((each) => {
    const [left, right] = [each.a, each.b].map((side) => (side === undefined ? "-" : JSON.stringify(side.value)));
    return `${formatPath(each.path)}: ${left} | ${right}${each.expected ? " (expected)" : ""}`;
  });

describe("compareDefinitions", () => {
  it("tells each leaf that is not the same, with what either side sets and where", () => {
    const { differences } = compare({ a: 1, b: { c: "x" }, d: true }, { a: 1, b: { c: "y" } });
    expect(differences).toEqual([
      {
        path: ["b", "c"],
        a: { value: "x", layer: "a.json5", position: { file: "a.json5", line: 2, column: 1 } },
        b: { value: "y", layer: "b.json5", position: { file: "b.json5", line: 2, column: 1 } },
        expected: false,
      },
      {
        path: ["d"],
        a: { value: true, layer: "a.json5", position: { file: "a.json5", line: 1, column: 1 } },
        b: undefined,
        expected: false,
      },
    ]);
  });

  it("goes in the order of the first; what only the second has comes last in its map", () => {
    expect(told({ z: { b: 1, a: 1 }, y: 1 }, { x: 2, y: 2, z: { c: 2, a: 2, b: 2 } })).toEqual([
      "z.b: 1 | 2",
      "z.a: 1 | 2",
      "z.c: - | 2",
      "y: 1 | 2",
      "x: - | 2",
    ]);
  });

  it("takes a list as one value", () => {
    expect(told({ list: ["a", "b"] }, { list: ["b", "a"] })).toEqual(['list: ["a","b"] | ["b","a"]']);
    expect(told({ list: [{ a: 1, b: 2 }] }, { list: [{ b: 2, a: 1 }] })).toEqual([]);
  });

  it("keeps null, nothing, an empty map and not being set apart", () => {
    expect(told({ a: null, b: "", c: {}, d: 0 }, { b: null, c: [], d: false })).toEqual([
      "a: null | -",
      'b: "" | null',
      "c: {} | []",
      "d: 0 | false",
    ]);
    expect(told({ a: {} }, {})).toEqual(["a: {} | -"]);
    expect(told({}, { a: {} })).toEqual(["a: - | {}"]);
    expect(told({ a: {} }, { a: {} })).toEqual([]);
  });

  it("tells what is in a map beside none and beside an empty one, and the whole of it beside another kind", () => {
    expect(told({ a: {} }, { a: { b: 1, c: 2 } })).toEqual(["a.b: - | 1", "a.c: - | 2"]);
    expect(told({ a: { b: { c: 1 } } }, {})).toEqual(["a.b.c: 1 | -"]);
    expect(told({ a: "x" }, { a: { b: 1, c: 2 } })).toEqual(['a: "x" | {"b":1,"c":2}']);
    expect(told({ a: { b: 1 } }, { a: null })).toEqual(['a: {"b":1} | null']);
    expect(told({ a: { b: 1 } }, { a: { $secret: "x" } })).toEqual(['a: {"b":1} | {"$secret":"x"}']);
  });

  it("says of secrets that they differ, and never what they are", () => {
    const a = { db: { password: "one", url: "u" }, users: [{ token: "t1" }], key: { $secret: "db/a" } };
    const b = { db: { password: "two", url: "u" }, users: [{ token: "t2" }], key: { $secret: "db/b" } };
    expect(told(a, b)).toEqual([
      'db.password: "[hidden]" | "[hidden]"',
      'users: [{"token":"[hidden]"}] | [{"token":"[hidden]"}]',
      'key: {"$secret":"db/a"} | {"$secret":"db/b"}',
    ]);
    expect(told(a, a)).toEqual([]);
    expect(told({ db: "x" }, { db: { password: "one" } })).toEqual(['db: "x" | {"password":"[hidden]"}']);
    expect(told({ licence: "one" }, { licence: "two" }, { secrets: [["licence"]] })).toEqual([
      'licence: "[hidden]" | "[hidden]"',
    ]);
  });

  describe("with differences that are expected", () => {
    const ignore = (...paths: string[]) => ({ compare: { ignore: paths } });

    it("takes them from either side, and from the caller", () => {
      const a = { ...ignore("a.*.url"), a: { eu: { url: 1, n: 1 } }, b: 1, c: 1, d: 1 };
      const b = { ...ignore("b"), a: { eu: { url: 2, n: 2 } }, b: 2, c: 2, d: 2 };
      expect(told(a, b, { ignore: ["c"] })).toEqual([
        "a.eu.url: 1 | 2 (expected)",
        "a.eu.n: 1 | 2",
        "b: 1 | 2 (expected)",
        "c: 1 | 2 (expected)",
        "d: 1 | 2",
      ]);
    });

    it("counts them apart", () => {
      const a = { ...ignore("hosts"), hosts: { x: { port: 1 }, y: {} }, banner: "a", same: 1 };
      const { counts } = compare(a, { hosts: { z: { port: 2 } }, banner: "b", same: 1 });
      expect(counts).toEqual({ compared: 5, different: 1, expected: 3 });
    });

    it("does not compare what says how to compare", () => {
      const { differences, counts } = compare({ ...ignore("a"), a: 1 }, { ...ignore("a", "a"), a: 1 });
      expect({ differences, counts }).toEqual({
        differences: [],
        counts: { compared: 1, different: 0, expected: 0 },
      });
    });

    it("warns of a path that covers nothing, where it is written, once", () => {
      const { warnings } = compare(
        { ...ignore("a", "gone", "regions.*.url"), a: 1, regions: { eu: {} } },
        { ...ignore("gone", "also"), a: 1 },
      );
      expect(warnings.map(({ code, message, position }) => `${code} ${message} ${position?.file}`)).toEqual([
        "COMPARE_IDLE compare.ignore: gone covers no value of either side a.json5",
        "COMPARE_IDLE compare.ignore: regions.*.url covers no value of either side a.json5",
        "COMPARE_IDLE compare.ignore: also covers no value of either side b.json5",
      ]);
    });

    it("says what such a path was probably meant to be", () => {
      const values = { deploy: { nodes: { web: ["a"] } }, list: [{ url: 1 }] };
      const { warnings } = compare({ ...ignore("deploy.node", "list.0.url", "other"), ...values }, values);
      expect(warnings.map(({ hint }) => hint)).toEqual([
        "Did you mean deploy.nodes?",
        "list is one value: cover it as a whole.",
        "Take it out, or mend it.",
      ]);
    });

    it("is content with a path that covers what is the same", () => {
      expect(compare({ ...ignore("a", "b"), a: 1, b: { c: 1 } }, { a: 1 }).warnings).toEqual([]);
    });

    it("refuses what is no path, all of it at once, where it is written", () => {
      const wrong = () => compare({ ...ignore("a b", "web*"), a: 1 }, { ...ignore("c."), a: 1 });
      expect(wrong).toThrow(
        expect.objectContaining({
          problems: [
            expect.objectContaining({
              code: "INVALID_VALUE",
              message: 'compare.ignore: "a b" is not a path of keys',
              hint: expect.stringContaining("regions.*.url"),
              position: { file: "a.json5", line: 3, column: 1 },
            }),
            expect.objectContaining({ message: 'compare.ignore: "web*" is not a path of keys' }),
            expect.objectContaining({ position: { file: "b.json5", line: 3, column: 1 } }),
          ],
        }),
      );
      expect(() => compare({}, {}, { ignore: ["a b"] })).toThrow(expect.objectContaining({ code: "BAD_PATH" }));
    });
  });

  it("finds nothing between equals, and from the one to the other the same as back", () => {
    fc.assert(
      fc.property(valueMaps, valueMaps, (a, b) => {
        expect(compare(a, structuredClone(a)).differences).toEqual([]);
        const [there, back] = [compare(a, b), compare(b, a)];
        const swapped = back.differences.map(({ path, a, b }) => [formatPath(path), b?.value, a?.value]);
        const straight = there.differences.map(({ path, a, b }) => [formatPath(path), a?.value, b?.value]);
        expect(straight.toSorted()).toEqual(swapped.toSorted());
        expect(there.counts).toEqual(back.counts);
        expect(there.differences.length === 0).toBe(sameValue(a, b));
      }),
    );
  });

  it("misses no leaf: each of either side that the other has not is told, or lies beneath what is told", () => {
    fc.assert(
      fc.property(valueMaps, valueMaps, (a, b) => {
        const paths = compare(a, b).differences.map(({ path }) => path);
        const isTold = (leaf: KeyPath) =>
          paths.some((path) => path.every((key, index) => leaf[index] === key)) ||
          paths.some((path) => leaf.every((key, index) => path[index] === key));
        const missing = [
          ...leavesOf(a).filter(({ path, value }) => !sameValue(valueAt(b, path), value)),
          ...leavesOf(b).filter(({ path, value }) => !sameValue(valueAt(a, path), value)),
        ].filter(({ path }) => !isTold(path));
        expect(missing).toEqual([]);
      }),
    );
  });
});

const scalars = fc.constantFrom<Value>(1, 2, "x", null, true);
const { map: valueMaps } = fc.letrec<{ value: Value; map: ValueMap }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, scalars, tie("map"), fc.array(scalars, { maxLength: 2 })),
  map: fc.dictionary(fc.constantFrom("a", "b", "c.d", "$secret"), tie("value"), { noNullPrototype: true, maxKeys: 3 }),
}));
