import { describe, expect, it } from "vitest";
import type { Value } from "../value.ts";
import { editText } from "./text.ts";

type Case = readonly [title: string, before: string, path: string, value: Value | undefined, after: string];

const editIn = (file: string) => (_: string, before: string, path: string, value: Value | undefined, after: string) => {
  expect(editText({ file, text: before }, { path: path.split("/"), value })).toBe(after);
};

describe("a value in JSON5 is replaced", () => {
  it.each<Case>([
    ["and nothing else", "{a :1,/* b */ b:2 , // c\n}", "b", 3, "{a :1,/* b */ b:3 , // c\n}"],
    ["in its quotes", "{ a: 'x', b: \"y\" }", "a", "it's", "{ a: 'it\\'s', b: \"y\" }"],
    ["in quotes as around", "{ a: 'x', b: 1 }", "b", 'say "y"', "{ a: 'x', b: 'say \"y\"' }"],
    [
      "by escapes",
      '{ a: "" }',
      "a",
      'a"\\\n\t\0\u0085\u2028\ufeff',
      '{ a: "a\\"\\\\\\n\\t\\u0000\\u0085\\u2028\\ufeff" }',
    ],
    ["by null", "{ a: { b: 1 } }", "a", null, "{ a: null }"],
    ["in a list", "{ a: [1, 'x', /* y */ 'y'] }", "a/1", "z", "{ a: [1, 'z', /* y */ 'y'] }"],
    ["in a map in a list", "[{ a: 1 }, { a: 2 }]", "1/a", 3, "[{ a: 1 }, { a: 3 }]"],
    ["under a key in escapes", "{ '\\x61': 1, \\u0062: 2 }", "b", 3, "{ '\\x61': 1, \\u0062: 3 }"],
    ["behind a byte order mark", "\ufeff{ a: 1 }", "a", 2, "\ufeff{ a: 2 }"],
    ["under a key that is a word", "{ null: 1, Infinity: 2 }", "null", 3, "{ null: 3, Infinity: 2 }"],
    [
      "by a map, in rows",
      "{\n\ta: 1, // one\n\tb: {\n\t\tc: [],\n\t},\n}\n",
      "a",
      { x: 1, y: { z: [1, "s"] } },
      '{\n\ta: {\n\t\tx: 1,\n\t\ty: {\n\t\t\tz: [1, "s"],\n\t\t},\n\t}, // one\n\tb: {\n\t\tc: [],\n\t},\n}\n',
    ],
    ["by a map, in one line", "{ a: 1, b: 2 }", "a", { x: [{}] }, "{ a: { x: [{}] }, b: 2 }"],
    ["by a scalar", "{\n  a: {\n    b: 1,\n  }, // a\n}\n", "a", true, "{\n  a: true, // a\n}\n"],
    ["and the comment of its first line stays", "{\n  a: { // a\n    b: 1,\n  },\n}\n", "a", 1, "{\n  a: 1, // a\n}\n"],
    ["by a list", "{\n  a: { // a\n    b: 1\n  }\n}\n", "a", [{}, [1]], "{\n  a: [ // a\n    {},\n    [1]\n  ]\n}\n"],
  ])("%s", editIn("x.json5"));
});

describe("a key comes into JSON5", () => {
  it.each<Case>([
    ["behind the last", "{\n  a: 1, // one\n  // end\n}\n", "b", 2, "{\n  a: 1, // one\n  b: 2,\n  // end\n}\n"],
    ["with a comma before it", "{\n  a: 1 /* one */ // 1\n}\n", "b", 2, "{\n  a: 1, /* one */ // 1\n  b: 2\n}\n"],
    ["in one line", "{a:1}", "b", { c: [1, 2] }, "{a:1,b:{c:[1,2]}}"],
    ["as tight as around", "{a: 1, b: [1,2]}", "c", { d: [3, 4] }, "{a: 1, b: [1,2], c: {d: [3, 4]}}"],
    ["before a bracket in the last line", "{\n  a: 1 }", "b", 2, "{\n  a: 1,\n  b: 2 }"],
    ["behind leading commas", "{\n    a: 1\n  , b: 2 // b\n}\n", "c", 3, "{\n    a: 1\n  , b: 2 // b\n  , c: 3\n}\n"],
    ["with the maps on its way", "{\n  a: {},\n}\n", "a/b/c", 1, "{\n  a: {\n    b: {\n      c: 1,\n    },\n  },\n}\n"],
    ["into a map of comments", "{ a: { /* no */ } }", "a/b", 1, "{ a: { /* no */ b: 1 } }"],
    ["with the indent of comments", "{\n    // no\n}", "a", 1, "{\n    // no\n    a: 1,\n}"],
    ["behind comments", "{ // no\n /* d */ }", "a", [1], "{ // no\n /* d */\n a: [1],\n}"],
    ["into an empty map of two lines", "{\r\n}\r\n", "a", 1, "{\r\n  a: 1,\r\n}\r\n"],
    ["without quotes where that is so", "{ 'a.b': 1, c: 2 }", "d", 1, "{ 'a.b': 1, c: 2, d: 1 }"],
    ["in quotes where it must", "{ c: 'x' }", "web1.eu", 1, "{ c: 'x', 'web1.eu': 1 }"],
    ["in quotes where that is so", '{ "c": 1 }', "d", 1, '{ "c": 1, "d": 1 }'],
    ["in quotes where it is a word", "{ c: 1 }", "null", 1, '{ c: 1, "null": 1 }'],
    ["with any name", "{ c: 1 }", "@host:a b-c'\"", 1, '{ c: 1, "@host:a b-c\'\\"": 1 }'],
    [
      "after a blank line, as others do",
      "{\n  a: { b: 1 },\n\n  // about c\n  c: [\n    {},\n  ],\n}\n",
      "d",
      [{ e: 1 }],
      "{\n  a: { b: 1 },\n\n  // about c\n  c: [\n    {},\n  ],\n\n  d: [\n    {\n      e: 1,\n    },\n  ],\n}\n",
    ],
    [
      "in one line where the maps around are",
      "{\n  'w1.eu': { region: 'eu', tags: [] },\n}\n",
      "w2",
      { region: "us" },
      "{\n  'w1.eu': { region: 'eu', tags: [] },\n  w2: { region: 'us' },\n}\n",
    ],
    [
      "in rows where one would be too long",
      "{\n  a: { b: 'x' },\n}\n",
      "c",
      { d: "x".repeat(90), e: 1 },
      `{\n  a: { b: 'x' },\n  c: {\n    d: '${"x".repeat(90)}',\n    e: 1,\n  },\n}\n`,
    ],
    [
      "with a long list in rows",
      '{\n  "a": 1,\n}\n',
      "b",
      ["x".repeat(50), "y".repeat(50)],
      `{\n  "a": 1,\n  "b": [\n    "${"x".repeat(50)}",\n    "${"y".repeat(50)}",\n  ],\n}\n`,
    ],
  ])("%s", editIn("x.json5"));
});

describe("a key leaves JSON5", () => {
  const rows = "{\n  a: 1, // one\n  // about b\n  b: { // two\n    c: 1,\n  },\n\n  d: 4, /* four */ // 4\n}\n";

  it.each<Case>([
    ["with its line and the comment behind it", rows, "a", undefined, rows.replace("  a: 1, // one\n", "")],
    ["with all its lines, not with comments above", rows, "b", undefined, rows.replace(/ {2}b[^}]*\},\n/, "")],
    ["and the comma before it stays", rows, "d", undefined, rows.replace(/\n {2}d.*\n/, "")],
    [
      "with one of two blank lines",
      "{\n  a: 1,\n\n  b: 2,\n\n  c: 3,\n}\n",
      "b",
      undefined,
      "{\n  a: 1,\n\n  c: 3,\n}\n",
    ],
    ["and the comma before it goes", "{\n  a: 1, // x\n  b: 2\n}\n", "b", undefined, "{\n  a: 1 // x\n}\n"],
    ["from one line", "{ a: 1, b: 2 }", "b", undefined, "{ a: 1 }"],
    ["from the start of a line", "{ a: 1, b: 2 }", "a", undefined, "{ b: 2 }"],
    ["from the middle", "{ a: 1, b: 2, c: 3, }", "b", undefined, "{ a: 1, c: 3, }"],
    ["from the end of a line with a last comma", "{ a: 1, b: 2, }", "b", undefined, "{ a: 1, }"],
    ["and nothing is left", "{ a: 1 }", "a", undefined, "{}"],
    ["and no empty lines are left", "{\n  a: {\n    b: 1, // x\n  },\n}\n", "a/b", undefined, "{\n  a: {},\n}\n"],
    ["and comments are left", "{\n  // x\n  a: 1,\n}\n", "a", undefined, "{\n  // x\n}\n"],
    ["with a comment before its comma", "{ a: 1 /* x */, b: 2 }", "a", undefined, "{ b: 2 }"],
    [
      "but a comment of the whole line stays",
      "{\n  a: 1, b: 2, // both\n}\n",
      "b",
      undefined,
      "{\n  a: 1, // both\n}\n",
    ],
    ["from before others in its line", "{\n  a: 1, b: 2, // both\n}\n", "a", undefined, "{\n  b: 2, // both\n}\n"],
    ["between leading commas", "{\n    a: 1\n  , b: 2\n  , c: 3\n}\n", "b", undefined, "{\n    a: 1\n  , c: 3\n}\n"],
    ["before leading commas", "{\n    a: 1\n  , b: 2\n}\n", "a", undefined, "{\n  b: 2\n}\n"],
    ["from a line that ends the map", "{\n  a: 1,\n  b: 2 }\n", "b", undefined, "{\n  a: 1\n}\n"],
    ["from a line that starts the map", "{ a: 1, // x\n  b: 2 }\n", "a", undefined, "{ // x\n  b: 2 }\n"],
    ["with CRLF", "{\r\n  a: 1,\r\n  b: 2\r\n}", "b", undefined, "{\r\n  a: 1\r\n}"],
  ])("%s", editIn("x.json5"));
});

describe("lists in JSON5 change where they differ", () => {
  const rows = "{\n  l: [\n    'a', // first\n    'b',\n    { c: 1 }, // map\n  ],\n}\n";
  const map = { c: 1 };

  it.each<Case>([
    ["in the middle", rows, "l", ["a", "x", "b", map], rows.replace("    'b'", "    'x',\n    'b'")],
    ["at the start", rows, "l", ["x", "a", "b", map], rows.replace("    'a'", "    'x',\n    'a'")],
    ["at the end", rows, "l", ["a", "b", map, { d: 2 }], rows.replace("// map\n", "// map\n    { d: 2 },\n")],
    ["by one less", rows, "l", ["a", map], rows.replace("    'b',\n", "")],
    ["in an item", rows, "l", ["z", "b", { c: 2 }], rows.replace("'a'", "'z'").replace("c: 1", "c: 2")],
    ["to none", rows, "l", [], "{\n  l: [],\n}\n"],
    ["in one line", "{ l: [1,2] }", "l", [0, 1, 3, 2], "{ l: [0,1,3,2] }"],
    ["in packed rows", "{ l: [\n  1, 2,\n  3, 4\n] }", "l", [1, 2, 3, 4, 5], "{ l: [\n  1, 2,\n  3, 4, 5\n] }"],
  ])("%s", editIn("x.json5"));
});

describe("JSON stays JSON", () => {
  it.each<Case>([
    ["without a last comma", '{\n  "a": 1,\n  "b": 2\n}', "b", undefined, '{\n  "a": 1\n}'],
    ["with quotes", '{"a": 1}', "b", { c: ["x"] }, '{"a": 1, "b": {"c": ["x"]}}'],
    ["in rows", '{\r\n\t"a": []\r\n}', "b", { c: {} }, '{\r\n\t"a": [],\r\n\t"b": {\r\n\t\t"c": {}\r\n\t}\r\n}'],
    ["when it is empty", "{}\n", "a", "x", '{ "a": "x" }\n'],
    ["when it is minified", '{"a":[1,2]}', "b", [1, 2], '{"a":[1,2],"b":[1,2]}'],
  ])("%s", editIn("x.json"));
});
