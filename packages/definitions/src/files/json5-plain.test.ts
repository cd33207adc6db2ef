import fc from "fast-check";
import JSON5 from "json5";
import { expect, it } from "vitest";
import { plainJson } from "./json5-plain.ts";

/** What json5 makes of a text, or that it objects. */
function read(text: string): unknown {
  try {
    return { value: JSON5.parse(text) };
  } catch {
    return "no JSON5";
  }
}

function readPlain(text: string): unknown {
  const json = plainJson(text);
  try {
    return json === undefined ? undefined : { value: JSON.parse(json) };
  } catch {
    return undefined;
  }
}

it("reads what most files hold", () => {
  const text = "{ a: 1, 'b': \"x\", // comment\n $c_1: [true, null, -1.5e3,], /* more, {} */ }";
  expect(readPlain(text)).toEqual({ value: { a: 1, b: "x", $c_1: [true, null, -1500] } });
});

it.each([
  "{ a: 1, 'b': \"x\", // comment\n $c_1: [true, null, -1.5e3,], /* more, {} */ }",
  "[]",
  '"\\u0041"',
  "{ true: false, null: null, NaN: 0 }",
  "'it is \"quoted\"'",
  "{ a: Infinity }",
  "[1 2]",
  "[,]",
  "{,}",
  "[1,,]",
  "{a:1,,}",
  "{a 1}",
  "01",
  "+1",
  ".5",
  "1.",
  "1a",
  "- 1",
  "truefalse",
  "{ a: b }",
  "/* open",
  "/**/ 1 /***/",
  "/* a * / b */ 1",
  "'tab\there'",
  "",
  "1 // end",
  "{ 'a\\\nb': 1 }",
  "{ __proto__: { x: 1 } }",
  "{ a: 1, a: 2 }",
])("reads %j as json5 does, or not at all", (text) => {
  expect([undefined, read(text)]).toContainEqual(readPlain(text));
});

it("reads any mix of pieces as json5 does, or not at all", () => {
  const piece = fc.constantFrom(
    ..."{}[],:".split(""),
    ...["a", "b_1", "$x", "true", "null", "1", "-2.5", "1e3", "'s'", '"d"', '"\\n"', " ", "\n", "// c\n", "/* c */"],
    ...["NaN", "'it\\'s'", "\u00a0", ".5", "0x1", "\\u0041", "é"],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const text = pieces.join("");
      const plain = readPlain(text);
      if (plain !== undefined) expect(plain, text).toEqual(read(text));
    }),
    { numRuns: 20_000 },
  );
});

it("reads what people write, in the styles that they write it", () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(fc.boolean(), fc.constant(null), fc.integer(), fc.double({ noNaN: true }), fc.string()),
      fc.array(tie("any"), { maxLength: 4 }),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie("any"), { maxKeys: 4 }),
    ),
  })).any;
  const indent = fc.constantFrom(0, 2, "\t");
  fc.assert(
    fc.property(value, indent, fc.constantFrom('"', "'"), (tree, space, quote) => {
      const text = JSON5.stringify(tree, { space, quote });
      const plain = readPlain(text);
      if (plain !== undefined) expect(plain).toEqual(read(text));
    }),
  );
});
