import type { KeyPath } from "@facsimile/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSource } from "../files/source-file.ts";
import { entryOf, isMap, type Value, valueAt } from "../value.ts";
import { editText } from "./text.ts";

const edit = (text: string, { path, value, file = "x.json5" }: { path: string; value?: Value; file?: string }) =>
  editText({ file, text }, { path: path === "" ? [] : path.split("."), value });

describe("nothing changes", () => {
  it.each<[string, string, Value | undefined]>([
    ["x.json5", "{a:1 , b :{c:[ 1,'x' ]}}", { c: [1, "x"] }],
    ["x.yaml", "b:   {c: [ 1,'x' ]}\r\n", { c: [1, "x"] }],
    ["x.yaml", "base: &b {c: [1, x]}\nb: *b\n", { c: [1, "x"] }],
    ["x.json", '{"a": 1}', undefined],
    ["x.yaml", "# nothing\n", undefined],
    ["x.json5", "{ b: 0x10 }", 16],
    ["x.json5", "{ b: 0 }", -0],
  ])("in %s where it is so already: %j", (file, text, value) => {
    expect(edit(text, { file, path: "b", ...(value === undefined ? {} : { value }) })).toBe(text);
  });

  it.each(["b", "a.b", "a.b.c", "l.7", "l.x", "l.length", "s.length", "toString"])(
    "where %s is to go and is not there",
    (path) => {
      const text = "{ a: 1, l: [1], s: 'x' }";
      expect(edit(text, { path })).toBe(text);
    },
  );
});

describe("the editor leaves it to the user", () => {
  it.each([
    ["an empty path", "{}", ""],
    ["a path through a scalar", "{ a: 1 }", "a.b"],
    ["a path through null", "{ a: null }", "a.b"],
    ["a path through a text", "{ a: 'xyz' }", "a.0"],
    ["a new item of a list", "{ a: [1] }", "a.1"],
    ["a list's length", "{ a: [1] }", "a.length"],
    ["an index with a leading zero", "{ a: [1, 2] }", "a.01"],
    ["a key beside a directive", "{ a: { $replace: { x: 1 } } }", "a.x"],
    ["a key beside a secret", "{ a: { b: { $secret: 'x' } } }", "a.b.c"],
    ["a key that reaches into objects", "{ a: 1 }", "__proto__"],
    ["another such key", "{ a: 1 }", "a2.constructor"],
    ["a key that cannot be shown", "{ a: 1 }", "\u001b[31m"],
    ["a path that is too deep", "{ a: 1 }", Array.from({ length: 200 }, () => "a").join(".")],
  ])("%s", (_, text, path) => {
    expect(edit(text, { path, value: "v" })).toBeUndefined();
    expect(parseSource({ file: "x.json5", text })).toBeDefined();
  });

  it("a value that no file can hold", () => {
    const deep = JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`) as Value;
    for (const value of [
      deep,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      "\ud800",
      { constructor: 1 },
      JSON.parse('{"__proto__": 1}'),
    ]) {
      for (const file of ["x.json5", "x.json", "x.yaml"])
        expect(edit("{}", { file, path: "a", value })).toBeUndefined();
    }
  });

  it("an item to take out of a list", () => {
    expect(edit("{ a: [1, 2] }", { path: "a.0" })).toBeUndefined();
  });
});

it.each(["x.json5", "x.json", "x.yaml"])("a number in %s with more digits than it keeps has an exponent", (file) => {
  const after = edit("{}", { file, path: "a", value: 2 ** 60 });
  expect(after).toContain("1.152921504606847e+18");
});

it("a text that cannot be read is refused as the reader does", () => {
  expect(() => edit("{ a: ", { path: "a", value: 1 })).toThrow(expect.objectContaining({ code: "FILE_SYNTAX" }));
});

describe("directives", () => {
  it.each<[string, string, Value, string]>([
    ["stand beside nothing new", "{ a: { $remove: [1] } }", [2], "{ a: { $remove: [1], $append: [2] } }"],
    ["come as values", "{ a: 1 }", { $delete: true }, "{ a: { $delete: true } }"],
    ["may be changed in what they hold", "{ a: { $append: [1] } }", [1, 2], "{ a: { $append: [1, 2] } }"],
  ])("%s", (_, text, value, after) => {
    const path = isMap(value) ? "a" : "a.$append";
    expect(edit(text, { path, value })).toBe(after);
  });

  it("leave $schema alone, which any map may have", () => {
    expect(edit("{ $schema: 'x', a: 1 }", { path: "b", value: 2 })).toBe("{ $schema: 'x', a: 1, b: 2 }");
    expect(edit("{ a: 1 }", { path: "$schema", value: "x" })).toBe('{ a: 1, $schema: "x" }');
  });
});

describe("a map or list that takes the place of another", () => {
  const text = "{\n  a: {\n    x: 1, // one\n    // about y\n    y: [1, 2, 3], // list\n    z: { p: 'q' },\n  },\n}\n";

  it("is changed only where they differ", () => {
    expect(edit(text, { path: "a", value: { x: 2, y: [1, 3], z: { p: "q" }, w: null } })).toBe(
      "{\n  a: {\n    x: 2, // one\n    // about y\n    y: [1, 3], // list\n    z: { p: 'q' },\n    w: null,\n  },\n}\n",
    );
  });

  it("may be of another kind", () => {
    expect(edit(text, { path: "a", value: ["x", "y"] })).toBe("{\n  a: ['x', 'y'],\n}\n");
    expect(edit(text, { path: "a.y", value: {} })).toBe(text.replace("[1, 2, 3]", "{}"));
    expect(edit(text, { path: "a.x", value: { b: { c: 1 } } })).toBe(text.replace("x: 1,", "x: { b: { c: 1 } },"));
  });

  it("is written anew where it is large and all of it differs", () => {
    const many = (from: number) =>
      Object.fromEntries(Array.from({ length: 3000 }, (_, nth) => [`k${from + nth}`, nth]));
    const large = JSON.stringify({ a: many(0), b: 1 }, null, 2);
    const start = performance.now();
    const after = edit(large, { file: "x.json", path: "a", value: many(2000) });
    expect(JSON.parse(after ?? "")).toEqual({ a: many(2000), b: 1 });
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

const SEEDS = {
  "x.json5":
    "// «1»\n{\n  a: [1, {b: 'c'}], // «2»\n  'd' : null, /* «3» */ e: \"\\u0041\",\n  f: {g: .5, /* «4» */},\n}\n// «5»\n",
  "x.json": '{"a": [1, {"b": "c"}], "d": null,\r\n "e": "\\u0041", "f": {"g": []}}',
  "x.yaml":
    "# «1»\na: &x\n  - 1 # «2»\n  - {b: 'c', d: [e]}\nd: *x\n? g\n: h\nf: |\n  text\n\n# «3»\nm: &m\n  k: !!str 1\n  # «4»\nn:\n  <<: *m\n  o: >-\n    p\n# «5»\n",
} as const;

describe.each(["x.json5", "x.json", "x.yaml"] as const)(
  "for all damages to a text in %s that can still be read",
  (file) => {
    it("an edit is exact or refused, never an error, and loses no comment", () => {
      const seed = SEEDS[file];
      const cut = fc.record({
        at: fc.nat(seed.length),
        length: fc.nat(4),
        by: fc.oneof(fc.string({ maxLength: 3 }), snippet),
      });
      const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom("l1\nl2", undefined)) as fc.Arbitrary<
        Value | undefined
      >;
      fc.assert(
        fc.property(
          fc.array(cut, { maxLength: 4 }),
          fc.array(fc.nat(9), { maxLength: 4 }),
          value,
          (cuts, turns, wanted) => {
            const text = cuts.reduce(
              (left, { at, length, by }) => left.slice(0, at) + by + left.slice(at + length),
              seed as string,
            );
            const before = read(file, text);
            fc.pre(before !== undefined);
            const path = pathBy(before as Value, turns);
            const after = editText({ file, text }, { path, value: wanted });
            if (after === undefined) return;
            expect(valueAt(read(file, after), path)).toEqual(
              wanted === undefined ? undefined : JSON.parse(JSON.stringify(wanted)),
            );
            const isNew = valueAt(before, path) === undefined && valueAt(before, path.slice(0, -1)) !== undefined;
            if (isNew) expect(after.match(/«\d»/g)).toEqual(text.match(/«\d»/g));
          },
        ),
        { numRuns: 500 },
      );
    });
  },
);

const snippet = fc.constantFrom(
  "\n",
  "\r\n",
  "  ",
  "# x\n",
  "// y\n",
  "/* z */",
  "&a ",
  "*a",
  "- ",
  "? ",
  ": ",
  ", ",
  "|\n",
  "{}",
  "[]",
  "<<: *x\n",
  "---\n",
  "!t ",
  "'",
  '"',
  "\t",
  "\u2028",
);

function read(file: string, text: string): Value | undefined {
  try {
    return parseSource({ file, text }).value;
  } catch {
    return undefined;
  }
}

/** A path of the value; where the turns lead past its end, to something new. */
function pathBy(value: Value, [turn, ...turns]: readonly number[]): KeyPath {
  if (turn === undefined || typeof value !== "object" || value === null) return turn === undefined ? [] : ["new"];
  const keys = Object.keys(value);
  const key = keys[turn] ?? "new";
  const inner = entryOf(value, key);
  return [key, ...(inner === undefined ? [] : pathBy(inner, turns))];
}
