import { describe, expect, it } from "vitest";
import type { Value } from "../value.ts";
import { editText } from "./text.ts";

type Case = readonly [title: string, before: string, path: string, value: Value | undefined, after: string | undefined];

const edit = (_: string, before: string, path: string, value: Value | undefined, after: string | undefined) => {
  expect(editText({ file: "x.yaml", text: before }, { path: path.split("/"), value })).toBe(after);
};

describe("a value in YAML is replaced", () => {
  it.each<Case>([
    ["and nothing else", "a:   1 # one\n\nb: [ 1,2 ]\n", "a", 2, "a:   2 # one\n\nb: [ 1,2 ]\n"],
    ["in its quotes", "a: 'x'\nb: \"y\"\n", "a", "it's", "a: 'it''s'\nb: \"y\"\n"],
    ["in double quotes where it must", "a: 'x'\n", "a", "tab\tu\u2028", 'a: "tab\\tu\\u2028"\n'],
    ["in a list", "a:\n  - 1\n  - 2 # two\n", "a/1", 3, "a:\n  - 1\n  - 3 # two\n"],
    ["where nothing stood", "a: # none\nb:\n", "a", "x", "a: x # none\nb:\n"],
    ["where a map would stand", "a: # none\nb:\n", "a", { x: 1 }, "a: # none\n  x: 1\nb:\n"],
    ["by a map", "a: 1 # one\nb: 2\n", "a", { x: 1, l: [{ z: 2 }] }, "a: # one\n  x: 1\n  l:\n    - z: 2\nb: 2\n"],
    ["by a text in rows", "a: 1 # one\nb: 2\n", "a", "l1\nl2\n", "a: | # one\n  l1\n  l2\nb: 2\n"],
    ["in rows by one line", "a: |- # two\n  l1\n  l2\nb: 2\n", "a", "x", "a: x # two\nb: 2\n"],
    ["in rows by others", "a: >\n  l1\n\nb: 2\n", "a", "x\ny", "a: |-\n  x\n  y\n\nb: 2\n"],
    ["a map by a scalar", "a: # about\n  # more\n  x: 1 # xx\nb: 2\n", "a", 5, "a: 5 # about\n  # more\nb: 2\n"],
    ["a map by a text below comments", "a:\n  # more\n  x: 1\n", "a", "m\nn", 'a: "m\\nn"\n  # more\n'],
    ["a map by a list", "a:\n  # more\n  x: 1\nb: 2\n", "a", [{ z: 1 }], "a:\n  # more\n  - z: 1\nb: 2\n"],
    ["in a line of its own", "a:\n  # more\n  {} # x\n", "a", { z: 1 }, "a:\n  # more\n  { z: 1 } # x\n"],
    ["an alias", "b: &b {x: 1}\nc: *b # b\n", "c", { z: 1 }, "b: &b {x: 1}\nc: {z: 1} # b\n"],
    ["behind a tag", "a: !!str 5\n", "a", "x", "a: !!str x\n"],
    ["under an explicit key", "? a\n: 1\nb: 2\n", "a", 2, "? a\n: 2\nb: 2\n"],
    ["behind a byte order mark", "\ufeffa: 1\n", "a", 2, "\ufeffa: 2\n"],
  ])("%s", edit);

  it.each([
    "yes",
    "No",
    "on",
    "1.10",
    "0x1",
    "017",
    "1_000",
    "1:30",
    "null",
    "~",
    "",
    "2001-01-01",
    "1e3",
    ".inf",
    "a: b",
    "#",
    "- x",
    "*x",
    "{",
  ])("by %j in quotes, which no reader takes for something else", (text) => {
    expect(editText({ file: "x.yml", text: "a: x\n" }, { path: ["a"], value: text })).toBe(
      `a: ${JSON.stringify(text)}\n`,
    );
  });
});

describe("a key comes into YAML", () => {
  it.each<Case>([
    ["behind the last", "a: 1 # one\n# end\n", "b", 2, "a: 1 # one\nb: 2\n# end\n"],
    ["inside", "a:\n  b: 1 # b\n  # end\nc: 2\n", "a/d/e", "x", "a:\n  b: 1 # b\n  d:\n    e: x\n  # end\nc: 2\n"],
    ["with the indent of the file", "a:\n    b: 1\n", "a/c/d", 1, "a:\n    b: 1\n    c:\n        d: 1\n"],
    ["without a last line end", "a: 1", "b", [1, "x"], "a: 1\nb: [1, x]"],
    ["with CRLF", "a: 1\r\n", "b/c", "x\ny", "a: 1\r\nb:\r\n  c: |-\r\n    x\r\n    y\r\n"],
    ["behind rows of text", "a: |\n  x\n\n# end\n", "b", 1, "a: |\n  x\nb: 1\n\n# end\n"],
    ["with lists as around", "a:\n- 1\n", "b", ["x", { z: [] }], "a:\n- 1\nb:\n- x\n- z: []\n"],
    ["in quotes as around", "a: 'x'\n", "b", "y", "a: 'x'\nb: 'y'\n"],
    [
      "in such quotes where it must",
      "a: '1'\n",
      "b",
      { c: "y z", "@x": "1.10" },
      "a: '1'\nb:\n  c: y z\n  '@x': '1.10'\n",
    ],
    ["into an item of a list", "- a: 1\n- b: 2\n", "0/c", { d: 1 }, "- a: 1\n  c:\n    d: 1\n- b: 2\n"],
    ["into an empty map", "a: {} # none\n", "a/b", 1, "a: # none\n  b: 1\n"],
    ["into an empty file", "", "a/b", 1, "a:\n  b: 1\n"],
    ["into a file of comments", "# soon\n\n", "a", 1, "# soon\n\na: 1\n"],
    ["into a document of nothing", "---\n# soon\n...\n", "a", 1, "---\n# soon\n\na: 1\n...\n"],
    ["into {}", "# soon\n{}\n", "a", { b: 1 }, "# soon\na:\n  b: 1\n"],
    ["into {} with a comment", "{} # soon\n", "a", 1, "# soon\na: 1\n"],
    ["into --- {}", "--- {}\n", "a", { b: 1 }, "--- { a: { b: 1 } }\n"],
    [
      "into one line",
      "a: {x: 1} # a\n",
      "a/z",
      { "z,": ["a,b"] },
      "a: {x: 1, z: {'z,': ['a,b']}} # a\n".replaceAll("'", '"'),
    ],
    ["into rows between brackets", "{\n  a: 1 # a\n}\n", "b", "x", "{\n  a: 1, # a\n  b: x\n}\n"],
    ["into a map of comments", "a: {\n  # x\n}\n", "a/b", 1, "a: {\n  # x\n  b: 1\n}\n"],
    ["after a blank line, as others do", "a: 1\n\nb:\n  c: 1\n", "d", { e: 1 }, "a: 1\n\nb:\n  c: 1\n\nd:\n  e: 1\n"],
    ["in one line as around", "h:\n  w1: { r: eu }\n", "h/w2", { r: "us" }, "h:\n  w1: { r: eu }\n  w2: { r: us }\n"],
    ["over what a merge brings", "a: &a {x: 1}\nb:\n  <<: *a\n", "b/x", 2, "a: &a {x: 1}\nb:\n  <<: *a\n  x: 2\n"],
    ["into the data of JSON", '{\n  "a": 1\n}\n', "b", { c: "x" }, '{\n  "a": 1,\n  "b": { "c": "x" }\n}\n'],
  ])("%s", edit);
});

describe("a key leaves YAML", () => {
  const rows = "# top\na: 1 # one\n# about b\nb:\n  c: 1 # c\n  # about d\n  d: |\n    x\n\nl:\n  - p: 1\n    q: 2\n";

  it.each<Case>([
    ["with its line and the comment behind it", rows, "a", undefined, rows.replace("a: 1 # one\n", "")],
    ["with all its lines, not with comments above", rows, "b", undefined, rows.replace(/\nb:\n(?: .*\n)+/, "\n")],
    ["with rows of text", rows, "b/d", undefined, rows.replace("  d: |\n    x\n", "")],
    ["from behind a dash", rows, "l/0/p", undefined, rows.replace("p: 1\n    q", "q")],
    ["and an empty map stays", "a:\n  b: 1 # b\nc: 2\n", "a/b", undefined, "a: {}\nc: 2\n"],
    ["and comments stay", "a: # a\n  # b\n  b: 1\n", "a/b", undefined, "a: {} # a\n  # b\n"],
    ["and an empty file stays", "# top\na: 1\n", "a", undefined, "# top\n"],
    ["from one line", "a: {x: 1, y: 2} # a\n", "a/x", undefined, "a: {y: 2} # a\n"],
    ["from rows between brackets", "{\n  a: 1, # a\n  b: 2\n}\n", "b", undefined, "{\n  a: 1 # a\n}\n"],
    ["with one of two blank lines", "a: 1\n\nb: 2\n\nc: 3\n", "b", undefined, "a: 1\n\nc: 3\n"],
    ["with the blank line before the end", "a:\n  b: 1\n\n  c: 2\nd: 3\n", "a/c", undefined, "a:\n  b: 1\nd: 3\n"],
    ["without a last line end", "a: 1\nb: 2", "b", undefined, "a: 1"],
    ["with CRLF", "a: 1\r\nb: 2\r\n", "a", undefined, "b: 2\r\n"],
    ["with its anchor", "a: &x 1\nb: 2\n", "a", undefined, "b: 2\n"],
  ])("%s", edit);
});

describe("lists in YAML change where they differ", () => {
  const rows = "l:\n  - a # first\n  # about b\n  - b\n  - c: 1 # c\n    d: 2\n";
  const map = { c: 1, d: 2 };

  it.each<Case>([
    ["in the middle", rows, "l", ["a", "x", "b", map], rows.replace("# first\n", "# first\n  - x\n")],
    ["at the start", rows, "l", ["x", "a", "b", map], rows.replace("  - a", "  - x\n  - a")],
    ["at the end", rows, "l", ["a", "b", map, { e: [1] }], `${rows}  - e:\n      - 1\n`],
    ["by one less", rows, "l", ["a", map], rows.replace("  - b\n", "")],
    ["in an item", rows, "l", ["a", "b", { d: 2, e: 3 }], rows.replace("c: 1 # c\n    d: 2", "d: 2\n    e: 3")],
    ["to none", rows, "l", [], "l: []\n  # about b\n"],
    ["in one line", "l: [1,2] # l\n", "l", [1, 3, 2], "l: [1,3,2] # l\n"],
  ])("%s", edit);
});

describe("YAML is left to the user", () => {
  it.each<Case>([
    ["in what an alias stands for", "b: &b {x: 1}\nc: *b\n", "c/x", 2, undefined],
    ["in what an alias repeats", "b: &b {x: 1}\nc: *b\n", "b/x", 2, undefined],
    ["in what is merged", "b: &b {x: {y: 1, z: 1}}\nc: {<<: *b}\n", "c/x/y", 2, undefined],
    ["where a merge would bring it again", "b: &b {x: 1}\nc: {<<: *b, x: 2}\n", "c/x", undefined, undefined],
    ["where only a merge brings it", "b: &b {x: 1}\nc: {<<: *b}\n", "c/x", undefined, undefined],
    ["where an alias would lose its anchor", "b: &b {x: 1}\nc: *b\n", "b", undefined, undefined],
    ["where rows of text would keep a blank line more", "a: |+\n  x\nb: 1\n\nc: 2\n", "b", undefined, undefined],
    ["where a tag makes something else of it", "a: !!str 5\n", "a", 6, undefined],
  ])("%s", edit);
});
