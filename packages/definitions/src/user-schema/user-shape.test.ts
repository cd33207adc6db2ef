import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findingsOf } from "../checks/validate.ts";
import { parseSource } from "../files/source-file.ts";
import type { Value, ValueMap } from "../value.ts";
import { readUserSchema, type UserSchema } from "./user-schema.ts";

/** A schema without problems. */
function sound(text: string): UserSchema {
  return readUserSchema(parseSource({ file: "define/schema.json5", text }), (problem) =>
    expect(problem).toBeUndefined(),
  );
}

/** A schema that describes one key `k` by these keywords. */
const about = (keywords: string) => sound(`{ properties: { k: ${keywords} } }`);

/** `CODE message (hint)` of everything that is wrong with values. */
function wrong(schema: UserSchema, values: ValueMap): readonly string[] {
  return findingsOf(values, schema).map(
    ({ code, message, hint }) => `${code} ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
}

describe("one value is checked", () => {
  const everything: readonly [keywords: string, right: readonly Value[], wrong: readonly [Value, string][]][] = [
    ["{}", [1, "x", null, [], {}, { a: [1] }], []],
    [
      '{ type: "string" }',
      ["", "x"],
      [
        [5, "k is the number 5; expected a text"],
        [null, "k is null; expected a text"],
        [["x"], "k is a list; expected a text"],
        [{}, "k is a map; expected a text"],
      ],
    ],
    ['{ type: "string", minLength: 1 }', ["x"], [["", 'k is ""; expected a text that is not empty']]],
    [
      "{ minLength: 2, maxLength: 3 }",
      ["ab", "abc", "\u{1f600}\u{1f600}"],
      [
        ["a", 'k is "a"; expected a text of 2 to 3 characters'],
        ["abcd", 'k is "abcd"; expected a text of 2 to 3 characters'],
        ["\u{1f600}", 'k is "\u{1f600}"; expected a text of 2 to 3 characters'],
        [5, "k is the number 5; expected a text of 2 to 3 characters"],
      ],
    ],
    ["{ maxLength: 1 }", ["", "a"], [["ab", 'k is "ab"; expected a text of at most 1 character']]],
    [
      '{ pattern: "b+" }',
      ["b", "abc"],
      [
        ["a", 'k is "a"; expected a text that matches b+'],
        ["", 'k is ""; expected a text that matches b+'],
      ],
    ],
    [
      '{ pattern: "^\\\\u00e9(?<rest>.*)$" }',
      ["été"],
      [["ete", 'k is "ete"; expected a text that matches ^\\u00e9(?<rest>.*)$']],
    ],
    ['{ pattern: "^a", minLength: 1 }', ["a"], [["", 'k is ""; expected a text that is not empty and matches ^a']]],
    [
      '{ type: "integer", minimum: 1, maximum: 65535 }',
      [1, 65535],
      [
        [0, "k is the number 0; expected a whole number from 1 to 65535"],
        [1.5, "k is the number 1.5; expected a whole number from 1 to 65535"],
        ["22", 'k is "22"; expected a whole number from 1 to 65535'],
      ],
    ],
    [
      "{ minimum: 0.5 }",
      [0.5, 7],
      [
        [0, "k is the number 0; expected a number of at least 0.5"],
        [Number.NaN, "k is the number NaN; expected a number of at least 0.5"],
        [Number.POSITIVE_INFINITY, "k is the number Infinity; expected a number of at least 0.5"],
        ["x", 'k is "x"; expected a number of at least 0.5'],
      ],
    ],
    ["{ maximum: 0 }", [0, -3], [[1, "k is the number 1; expected a number of at most 0"]]],
    ['{ type: "boolean" }', [true, false], [["yes", 'k is "yes"; expected true or false']]],
    ['{ type: "null" }', [null], [[0, "k is the number 0; expected null"]]],
    [
      '{ type: ["string", "null"] }',
      ["x", null],
      [
        [5, "k is the number 5; expected a text or null"],
        [true, "k is the boolean true; expected a text or null"],
      ],
    ],
    [
      '{ type: ["string", "integer", "boolean"], minLength: 2, minimum: 3 }',
      ["ab", 3, true],
      [
        [
          2,
          "k is the number 2; expected a text of at least 2 characters, a whole number of at least 3 or true or false",
        ],
      ],
    ],
    [
      '{ enum: ["light", "dark", 3, null, { a: 1, b: 2 }] }',
      ["light", 3, null, { b: 2, a: 1 }],
      [
        ["ligth", 'k is "ligth"; expected "light", "dark", 3, null or {"a":1,"b":2} (Did you mean light?)'],
        ["3", 'k is "3"; expected "light", "dark", 3, null or {"a":1,"b":2}'],
        [{ a: 1 }, 'k is a map; expected "light", "dark", 3, null or {"a":1,"b":2}'],
      ],
    ],
    ['{ const: [1, "x"] }', [[1, "x"]], [[["x", 1], 'k is a list; expected [1,"x"]']]],
    ["{ const: null }", [null], [[0, "k is the number 0; expected null"]]],
    [
      '{ items: { type: "string" } }',
      [[], ["a"]],
      [
        ["a", 'k is a string; expected a list (Write ["a"].)'],
        [["a", 1], "k.1 is the number 1; expected a text"],
        [{}, "k is a map; expected a list"],
      ],
    ],
    ['{ items: { type: "integer" } }', [[1]], [["a", "k is a string; expected a list"]]],
    [
      "{ minItems: 1, maxItems: 2, uniqueItems: true }",
      [[1], [1, "1"]],
      [
        [[], "k is a list; expected a list of 1 to 2 different items"],
        [
          [
            { a: 1, b: 2 },
            { b: 2, a: 1 },
          ],
          "k is a list; expected a list of 1 to 2 different items",
        ],
      ],
    ],
    ["{ uniqueItems: true }", [[1, 2]], [[[1, 1], "k is a list; expected a list of different items"]]],
    ["{ minItems: 2, maxItems: 2 }", [[1, 1]], [[[1], "k is a list; expected a list of 2 items"]]],
    [
      '{ properties: { port: { type: "integer" }, host: {} } }',
      [{}, { port: 1 }, { other: "x" }],
      [
        [{ port: "1" }, 'k.port is "1"; expected a whole number'],
        [5, "k is the number 5; expected a map"],
        [[], "k is a list; expected a map"],
      ],
    ],
    [
      "{ properties: { port: {}, host: {} }, additionalProperties: false }",
      [{ port: 1 }],
      [[{ prot: 1 }, "there is no key k.prot (Did you mean port?)"]],
    ],
    ["{ additionalProperties: false }", [{}], [[{ x: 1 }, "there is no key k.x (No key means anything here.)"]]],
    [
      '{ additionalProperties: { type: "string" } }',
      [{}, { "a.b": "x" }],
      [[{ "a.b": 1 }, 'k."a.b" is the number 1; expected a text']],
    ],
    [
      '{ properties: { host: { type: "string" } }, required: ["host"] }',
      [{ host: "x" }],
      [[{ port: 1 }, "k.host is missing; expected a text (It is required by define/schema.json5:1:64.)"]],
    ],
    [
      '{ type: ["string", "object"], properties: { run: { type: "string" } }, additionalProperties: false }',
      ["x", { run: "x" }],
      [
        [{ run: 1 }, "k.run is the number 1; expected a text"],
        [{ rnu: "x" }, "there is no key k.rnu (Did you mean run?)"],
        [5, "k is the number 5; expected a text or a map"],
      ],
    ],
  ];

  it.each(everything)("%s", (keywords, right, misfits) => {
    const schema = about(keywords);
    for (const k of right) expect(wrong(schema, { k })).toEqual([]);
    for (const [k, message] of misfits) {
      expect(wrong(schema, { k }).map((each) => each.replace(/^[A-Z_]+ /, ""))).toEqual([message]);
    }
  });

  it("every leaf may be a secret; a map or a list may not", () => {
    const secret = { $secret: "db/root" };
    for (const keywords of [
      "{}",
      '{ type: "integer", minimum: 3 }',
      '{ pattern: "x" }',
      '{ enum: ["a"] }',
      "{ const: 1 }",
    ]) {
      expect(wrong(about(keywords), { k: secret })).toEqual([]);
    }
    expect(wrong(about('{ type: ["object", "array"] }'), { k: secret })).toEqual([
      "INVALID_VALUE k is a secret; expected a map or a list",
    ]);
    expect(wrong(about("{ properties: { p: { minLength: 9 } } }"), { k: { p: secret } })).toEqual([]);
    expect(wrong(about("{ items: {} }"), { k: [secret] })).toEqual([]);
  });

  it("all that is wrong is told at once, after what is wrong with well-known keys", () => {
    const schema = sound(`{
      properties: { a: { type: "string" }, b: { items: { type: "integer" } }, c: {} },
      required: ["c"],
    }`);
    const found = wrong(schema, { b: [1, "x", 2.5], a: 1, home: "/", deploy: { nods: 1 }, mine: 1 });
    expect(found.map((each) => each.split(";")[0])).toEqual([
      expect.stringContaining('home is "/"'),
      "UNKNOWN_KEY there is no key deploy.nods (Did you mean nodes?)",
      "INVALID_VALUE a is the number 1",
      'INVALID_VALUE b.1 is "x"',
      "INVALID_VALUE b.2 is the number 2.5",
      "INVALID_VALUE c is missing",
    ]);
  });
});

const scalar = fc.constantFrom<Value>(null, true, false, 0, 1, 2.5, -3, "", "a", "ab", "b".repeat(5), "\u{1f600}");
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "isPrototypeOf"), tie("value"), { maxKeys: 2, noNullPrototype: true }),
  ),
}));

const optional = { requiredKeys: [] as [] };
const bound = fc.constantFrom(0, 1, 2, 3);
const within = (lower: string, upper: string) =>
  fc.tuple(fc.option(bound), fc.option(bound)).map(([a, b]) => ({
    ...(a === null ? {} : { [lower]: b === null ? a : Math.min(a, b) }),
    ...(b === null ? {} : { [upper]: a === null ? b : Math.max(a, b) }),
  }));
const { keywords } = fc.letrec<{ keywords: { [key: string]: unknown } }>((tie) => ({
  keywords: fc.oneof(
    { maxDepth: 3 },
    fc.record({ type: fc.constantFrom("boolean", "null", "integer", ["string", "null"]) }),
    fc.record({ enum: fc.array(value, { minLength: 1, maxLength: 3 }) }),
    fc.record({ const: value }),
    within("minimum", "maximum").map((bounds) => ({ type: "number", ...bounds })),
    within("minLength", "maxLength").map((bounds) => ({ type: "string", ...bounds })),
    fc.constantFrom("^a", "b$", "^$", "[ab]{2}").map((pattern) => ({ type: "string", pattern })),
    fc
      .tuple(within("minItems", "maxItems"), fc.record({ items: tie("keywords"), uniqueItems: fc.boolean() }, optional))
      .map(([bounds, others]) => ({ type: "array", ...bounds, ...others })),
    fc
      .record(
        {
          properties: fc.dictionary(fc.constantFrom("a", "b", "isPrototypeOf"), tie("keywords"), {
            maxKeys: 3,
            noNullPrototype: true,
          }),
          additionalProperties: fc.oneof(fc.constant(false as const), tie("keywords")),
          isStrict: fc.boolean(),
        },
        { requiredKeys: ["properties", "isStrict"] },
      )
      .map(({ isStrict, ...others }) => ({
        type: ["object", "integer"],
        ...others,
        required: isStrict ? Object.keys(others.properties) : [],
      })),
  ),
}));

const ajv = new Ajv2020({ allowUnionTypes: true, strictTypes: false, ownProperties: true });

it("takes exactly the values that another validator takes, whatever the schema", () => {
  fc.assert(
    fc.property(keywords, fc.array(value, { minLength: 5, maxLength: 20 }), (written, values) => {
      const takes = ajv.compile(written);
      const schema = about(JSON.stringify(written));
      for (const k of values)
        expect([k, wrong(schema, { k })]).toEqual([k, takes(k) ? [] : expect.arrayContaining([expect.anything()])]);
    }),
    { numRuns: 1000 },
  );
});
