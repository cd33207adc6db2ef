import { formatProblem, isFacsimileError, problemsOf } from "@facsimile/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSource } from "./source-file.ts";

const read = (file: string, text: string) => parseSource({ file, text }).value;

function problems(file: string, text: string): readonly string[] {
  try {
    read(file, text);
    return [];
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    return problemsOf(error).map((each) => `${each.code} ${formatProblem(each)}${each.hint ? ` (${each.hint})` : ""}`);
  }
}

describe("a number", () => {
  it.each([
    ["x.json5", "{ a: 0x1F, b: -0x1F, c: +5, d: .5, e: 5., f: 1e3 }", { a: 31, b: -31, c: 5, d: 0.5, e: 5, f: 1000 }],
    ["x.yaml", "{ a: 0x1F, b: 0o17, c: +5, d: .5, e: 017, f: 1e3 }", { a: 31, b: 15, c: 5, d: 0.5, e: 17, f: 1000 }],
    ["x.json", '{ "a": 9007199254740991, "b": 6.022e23, "c": 1e300 }', { a: 9007199254740991, b: 6.022e23, c: 1e300 }],
    ["x.json5", "{ a: 9007199254740992, b: 0x20000000000000 }", { a: 2 ** 53, b: 2 ** 53 }],
  ])("is read as its format has it: %s %s", (file, text, value) => {
    expect(read(file, text)).toEqual(value);
  });

  it.each(["x.json5", "x.json", "x.yaml"])("has no negative zero in %s: it would be 0 once it is written", (file) => {
    const value = read(file, '{"a": -0, "b": [-0.0], "c": {"d": -0}}');
    expect(value).toStrictEqual({ a: 0, b: [0], c: { d: 0 } });
  });

  it.each([
    ["x.json5", "{ a: Infinity }", "1:6", "Infinity"],
    ["x.json5", "{ a: [1, -Infinity] }", "1:10", "-Infinity"],
    ["x.json5", "{ a: NaN }", "1:6", "NaN"],
    ["x.json5", "{ a: 1e999 }", "1:6", "1e999"],
    ["x.json", '{ "a": 1e999 }', "1:8", "1e999"],
    ["x.yaml", "a: .inf\n", "1:4", ".inf"],
    ["x.yaml", "a:\n  - .NaN\n", "2:5", ".NaN"],
    ["x.json5", `{ a: ${"9".repeat(400)} }`, "1:6", `${"9".repeat(40)}…`],
  ])("that JSON cannot hold is refused: %s %s", (file, text, place, written) => {
    expect(problems(file, text)).toEqual([
      `INVALID_VALUE ${file}:${place}: ${written} is no number that JSON can hold (Write it as a text: "${written}".)`,
    ]);
  });

  it.each([
    ["x.json", '{ "id": 12345678901234567890 }', "1:9", "12345678901234567890", "12345678901234567168"],
    ["x.json5", "{ id: 9007199254740993 }", "1:7", "9007199254740993", "9007199254740992"],
    ["x.json5", "{ id: -0x20000000000001 }", "1:7", "-0x20000000000001", "-9007199254740992"],
    ["x.yaml", "id: 9007199254740993\n", "1:5", "9007199254740993", "9007199254740992"],
  ])("that would lose digits is refused: %s %s", (file, text, place, written, lost) => {
    expect(problems(file, text)).toEqual([
      `INVALID_VALUE ${file}:${place}: ${written} has more digits than a number keeps: it would become ${lost} (Write it as a text: "${written}".)`,
    ]);
  });
});

describe("a key", () => {
  it.each([
    ["x.json5", "{ a: 1, 'b\\0': 2 }", "1:9", "b\\u0000"],
    ["x.json", '{ "\\u001b[2J": 1 }', "1:3", "\\u001b[2J"],
    ["x.json5", "{ '\\x9b': 1 }", "1:3", "\\u009b"],
    ["x.json5", "{ a: { '\\ud800': 1 } }", "1:8", "\\ud800"],
    ["x.json5", "{ 'a\\u2028b': 1 }", "1:3", "a\\u2028b"],
    ["x.yaml", '"a\\nb": 1\n', "1:1", "a\\nb"],
  ])("with a character that nobody can show is refused: %s %j", (file, text, place, key) => {
    expect(problems(file, text)).toEqual([
      `FORBIDDEN_KEY ${file}:${place}: the key "${key}" holds a character that cannot be shown (Take it out of the key.)`,
    ]);
  });

  it("may be any other text, also an empty one", () => {
    const keys = ["", " ", "a.b", "ü", "😀", "toString", "$x", "@host:a b", "<<", "0"];
    const value = Object.fromEntries(keys.map((key, index) => [key, index]));
    expect(read("x.json", JSON.stringify(value))).toEqual(value);
    expect(read("x.yaml", JSON.stringify(value))).toEqual(value);
  });
});

describe("a text", () => {
  it("with half of a character is refused: no file can hold it", () => {
    const hint = "Write both halves, or the character itself.";
    expect(problems("x.json", '{ "a": ["\\ud83d"] }')).toEqual([
      `INVALID_VALUE x.json:1:9: a text holds half of a character, \\ud83d, which no file can hold (${hint})`,
    ]);
    expect(read("x.json", '{ "a": "\\ud83d\\ude00" }')).toEqual({ a: "😀" });
  });

  it("may hold any other character", () => {
    expect(read("x.json5", "{ a: '\\0\\x1b\\u2028\\u0085' }")).toEqual({ a: "\0\x1b\u2028\u0085" });
  });
});

it("all that a file may not hold is told at once", () => {
  const text = "{\n a: NaN,\n b: { constructor: 1, 'x\\0': '\\ud800' },\n b: 5,\n c: [12345678901234567890] }";
  expect(problems("x.json5", text).map((each) => each.split(": ")[0])).toEqual([
    "DUPLICATE_KEY x.json5:4:2",
    "INVALID_VALUE x.json5:2:5",
    "INVALID_VALUE x.json5:5:6",
  ]);
  const hidden = "{\n a: NaN,\n b: { constructor: 1, 'x\\0': '\\ud800' } }";
  expect(problems("x.json5", hidden).map((each) => each.split(": ")[0])).toEqual([
    "INVALID_VALUE x.json5:2:5",
    "FORBIDDEN_KEY x.json5:3:7",
    "FORBIDDEN_KEY x.json5:3:23",
    "INVALID_VALUE x.json5:3:30",
  ]);
});

it.each(["x.json", "x.json5", "x.yaml"])("what %s gives is equal once it is written as JSON and read again", (file) => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (given) => {
      const text = JSON.stringify({ given });
      if (problems(file, text).length > 0) return;
      const value = read(file, text);
      expect(JSON.parse(JSON.stringify(value))).toStrictEqual(value);
      expect(Object.isFrozen(value)).toBe(true);
    }),
  );
});
