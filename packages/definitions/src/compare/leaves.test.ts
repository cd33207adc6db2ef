import { formatPath } from "@facsimile/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Value, type ValueMap, valueAt } from "../value.ts";
import { leavesOf } from "./leaves.ts";

const shown = (values: ValueMap) => leavesOf(values).map(({ path, value }) => [formatPath(path), value]);

describe("leavesOf", () => {
  it("walks maps, in the order of their keys", () => {
    expect(shown({ b: { d: 1, c: "x" }, a: null })).toEqual([
      ["b.d", 1],
      ["b.c", "x"],
      ["a", null],
    ]);
  });

  it("takes a list as one value, whatever it holds", () => {
    const list = [{ name: "a" }, ["b"]];
    expect(shown({ list, none: [] })).toEqual([
      ["list", list],
      ["none", []],
    ]);
  });

  it("takes a reference to a secret as one value, and what only looks like one as a map", () => {
    expect(shown({ a: { $secret: "db/root" }, b: { $secret: 1 }, c: { $secret: "x", more: 2 } })).toEqual([
      ["a", { $secret: "db/root" }],
      ["b.$secret", 1],
      ["c.$secret", "x"],
      ["c.more", 2],
    ]);
  });

  it("takes a map that holds nothing as a value: it is not the same as no map", () => {
    expect(shown({ a: {}, b: { c: {} } })).toEqual([
      ["a", {}],
      ["b.c", {}],
    ]);
    expect(leavesOf({})).toEqual([]);
  });

  it("keeps keys apart that hold dots, quotes or nothing", () => {
    expect(shown({ hosts: { "db1.eu": 1, 'a"b': 2, "": 3 } }).map(([path]) => path)).toEqual([
      'hosts."db1.eu"',
      'hosts."a\\"b"',
      'hosts.""',
    ]);
  });

  it("finds every value once: the leaves alone give the values back", () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const { map } = fc.letrec<{ value: Value; map: ValueMap }>((tie) => ({
      value: fc.oneof({ depthSize: "small" }, scalar, tie("map"), fc.array(tie("value"), { maxLength: 3 })),
      map: fc.dictionary(fc.constantFrom("a", "b", "c.d", "$secret"), tie("value"), { noNullPrototype: true }),
    }));
    fc.assert(
      fc.property(map, (values) => {
        const leaves = leavesOf(values);
        expect(new Set(leaves.map(({ path }) => formatPath(path))).size).toBe(leaves.length);
        for (const { path, value } of leaves) expect(valueAt(values, path)).toBe(value);
        expect(rebuilt(leaves)).toEqual(values);
      }),
    );
  });
});

function rebuilt(leaves: ReturnType<typeof leavesOf>): ValueMap {
  const result: Record<string, Value> = {};
  const maps = new Set<unknown>();
  for (const { path, value } of leaves) {
    let inner = result;
    for (const key of path.slice(0, -1)) {
      const next = maps.has(inner[key]) ? (inner[key] as Record<string, Value>) : {};
      maps.add(next);
      inner[key] = next;
      inner = next;
    }
    inner[path.at(-1) ?? ""] = value;
  }
  return result;
}
