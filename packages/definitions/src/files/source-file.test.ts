import { formatProblem, isFacsimileError, type KeyPath } from "@facsimile/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scanJson5 } from "./scan.ts";
import { parseSource } from "./source-file.ts";

const parse = (file: string, text: string) => parseSource({ file, text });

function problem(file: string, text: string): string {
  try {
    parse(file, text);
    return "none";
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    return `${error.code} ${formatProblem(error)}`;
  }
}

describe("formats", () => {
  it("read the same values", () => {
    const value = { a: [1, "x", null], b: { "c.d": true } };
    expect(parse("x.json", JSON.stringify(value)).value).toEqual(value);
    expect(parse("x.json5", "{a: [1, 'x', null,], /* c */ b: {'c.d': true}}").value).toEqual(value);
    expect(parse("x.yaml", "a: [1, x, null]\nb: {c.d: true}\n").value).toEqual(value);
    expect(parse("x.yml", "base: &b {c.d: true}\na: [1, x, ~]\nb: *b\n").value).toMatchObject(value);
  });

  it("take a list as well: files of modules are lists", () => {
    expect(parse("modules.json5", "[{name: 'a'}]").value).toEqual([{ name: "a" }]);
  });

  it("read YAML as 1.2 with merge keys; a file of comments is an empty map", () => {
    expect(parse("x.yaml", "b: &b {x: 1}\nc: {<<: *b, y: yes}\n").value).toMatchObject({ c: { x: 1, y: "yes" } });
    expect(parse("x.yaml", "# nothing yet\n").value).toEqual({});
    expect(parse("x.yaml", "1: a\n").value).toEqual({ "1": "a" });
  });

  it("forgive a byte order mark's absence and do not need one", () => {
    expect(parse("x.json5", "\ufeff{a: 1}").value).toEqual({ a: 1 });
  });
});

describe("what a file may not hold is refused with its place", () => {
  it.each([
    ["x.json5", "{\n  a: 1,\n  b: }\n}", "FILE_SYNTAX x.json5:3:6: cannot be read: invalid character '}'"],
    ["x.json5", "{a: 1", "FILE_SYNTAX x.json5:1:6: cannot be read: invalid end of input"],
    ["x.json", '{"a": 1,, }', "FILE_SYNTAX x.json:1:9: cannot be read: invalid character ','"],
    ["x.json", "{a: 1}", "FILE_SYNTAX x.json:1:2: a name without quotes is JSON5, not JSON"],
    ["x.yaml", "a: 1\nb: [1\nc: 2\n", /^FILE_SYNTAX x\.yaml:[23]:\d+: cannot be read: /],
    ["x.yaml", "a: !thing 1\n", /^FILE_SYNTAX x\.yaml:1:4: cannot be read: Unresolved tag/],
    ["x.yaml", "a: 1\n---\nb: 2\n", "FILE_SYNTAX x.yaml:2:1: a second document begins here; a definition is one"],
    ["x.json5", "{a: 1, b: {c: 2, 'c': 3}}", 'DUPLICATE_KEY x.json5:1:18: the key "c" is written twice in one map'],
    ["x.json", '{"a": 1, "\\u0061": 2}', 'DUPLICATE_KEY x.json:1:10: the key "a" is written twice in one map'],
    ["x.json5", "[{a: 1}, {a: 1, a: 1}]", 'DUPLICATE_KEY x.json5:1:17: the key "a" is written twice in one map'],
    ["x.yaml", "a: 1\nb: 2\na: 3\n", 'DUPLICATE_KEY x.yaml:3:1: the key "a" is written twice in one map'],
    [
      "x.json5",
      "{a: {__proto__: {x: 1}}}",
      'FORBIDDEN_KEY x.json5:1:6: the key "__proto__" is not allowed in a definition',
    ],
    [
      "x.json5",
      "{a: ['x', {'\\x5f_proto__': 1}]}",
      'FORBIDDEN_KEY x.json5:1:12: the key "__proto__" is not allowed in a definition',
    ],
    ["x.json", '{"constructor": 1}', 'FORBIDDEN_KEY x.json:1:2: the key "constructor" is not allowed in a definition'],
    ["x.yaml", "a:\n  prototype: 1\n", 'FORBIDDEN_KEY x.yaml:2:3: the key "prototype" is not allowed in a definition'],
    ["x.yaml", "a: {__proto__: 1}\n", 'FORBIDDEN_KEY x.yaml:1:5: the key "__proto__" is not allowed in a definition'],
    [
      "x.json5",
      `{a: ${"[".repeat(200)}${"]".repeat(200)}}`,
      "FILE_TOO_DEEP x.json5:1:104: nested deeper than 100 levels",
    ],
    ["x.json", `{"a": ${"[".repeat(100_000)}`, "FILE_TOO_DEEP x.json:1:106: nested deeper than 100 levels"],
    [
      "x.yaml",
      `a: ${"[".repeat(300)}${"]".repeat(300)}\n`,
      /^FILE_TOO_DEEP x\.yaml:1:\d+: nested deeper than 100 levels/,
    ],
    ["x.yaml", `a: ${"[".repeat(100_000)}\n`, /^FILE_TOO_DEEP x\.yaml:/],
    ["x.json5", `{a: "${"x".repeat(4 * 1024 * 1024)}"}`, "FILE_TOO_LARGE x.json5:1:1: x.json5 is larger than 4 MiB"],
  ])("case %# in %s", (file, text, expected) => {
    const shown = problem(file, text);
    if (expected instanceof RegExp) expect(shown).toMatch(expected);
    else expect(shown.slice(0, expected.length)).toBe(expected);
  });

  it("stops aliases that multiply", () => {
    const rows = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`);
    expect(problem("x.yaml", ["a0: &a0 [x]", ...rows].join("\n"))).toMatch(/^FILE_TOO_LARGE x\.yaml:7:26: its aliases/);
  });
});

describe("positions", () => {
  it.each<[string, string, KeyPath, "key" | "value", string]>([
    ["x.json5", "{\n  a: {\n    'b.c': [1,\n      2],\n  },\n}", ["a", "b.c", "1"], "value", "4:7+1"],
    ["x.json5", "{\n  a: {\n    'b.c': 5 },\n}", ["a", "b.c"], "key", "3:5+5"],
    ["x.json5", "{\n  a: 'x',\n}", ["a", "deeper", "still"], "value", "2:6+3"],
    ["x.json5", "{a: 1}", [], "value", "1:1+6"],
    ["x.json", '{"a":\r\n "b"}', ["a"], "value", "2:2+3"],
    ["x.yaml", "a:\n  - x\n  - b: 5\n", ["a", "1", "b"], "value", "3:8+1"],
    ["x.yaml", "a:\n  - x\n  - bc: 5\n", ["a", "1", "bc"], "key", "3:5+2"],
    ["x.yaml", "b: &b {x: 1}\nc: *b\n", ["c", "x"], "value", "1:11+1"],
  ])("in %s: %j", (file, text, path, part, expected) => {
    const { line, column, length } = parse(file, text).locate(path, part);
    expect(`${line}:${column}+${length}`).toBe(expected);
  });
});

describe("for all texts", () => {
  it("the scan counts exactly the members that a parser finds", () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(json, (value) => {
        const text = JSON.stringify(value, null, 1);
        expect(scanJson5(text, 100).members).toBe(countMembers(value));
      }),
    );
  });

  it("colons, brackets and quotes in strings and comments count for nothing", () => {
    const text = `{a: "x:{['", /* b: { // */ 'c"': 1, // d: }\n e: '\\':' }`;
    expect(scanJson5(text, 1)).toEqual({ members: 3, tooDeep: undefined, unclosed: undefined });
  });

  it.each(["x.json", "x.json5", "x.yaml"])("a damaged %s gives a value or a refusal, never another error", (file) => {
    const seed = file.endsWith("yaml")
      ? "a: &x\n  - 1\n  - {b: 'c'}\nd: *x\n# e\nf: |\n  text\n"
      : '{"a": [1, {"b": "c"}], "d": null, "e": "\\u0041"}';
    const edit = fc.record({ at: fc.nat(seed.length), cut: fc.nat(3), by: fc.string({ maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 3 }), (edits) => {
        const text = edits.reduce((left, { at, cut, by }) => left.slice(0, at) + by + left.slice(at + cut), seed);
        expect(typeof problem(file, text)).toBe("string");
      }),
      { numRuns: 500 },
    );
  });
});

function countMembers(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, inner) => sum + countMembers(inner), own);
}

it("has neither directives nor references where no text could be one", () => {
  const inert = (text: string, file = "a.json5") => parseSource({ file, text }).isInert;
  const plain = ["{ a: 'x' }", "{ $schema: 'x', a: 1 }", "{}", "['a']"];
  expect(plain.filter((text) => !inert(text))).toEqual([]);
  const work = [
    ...["{ a: '${b}' }", "{ a: { $append: [] } }", "{ a: { $schema: 'x' } }", "{ $schema: 'x', a: { $schema: 'y' } }"],
    ...[
      "{ $schema: '$schema' }",
      "{ a: '\\x24{b}' }",
      "{ a: '%HOMEDIR%' }",
      "{ a: '{{environ.HOME}}' }",
      "['$schema']",
    ],
  ];
  expect(work.filter((text) => inert(text))).toEqual([]);
  expect([inert("$schema: x\na: 1\n", "a.yaml"), inert("a:\n  $schema: x\n", "a.yaml")]).toEqual([true, false]);
});
