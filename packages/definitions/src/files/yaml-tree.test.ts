import { formatProblem, isFacsimileError } from "@facsimile/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Value, valueAt } from "../value.ts";
import { loadYaml } from "./lazy.ts";
import { parseSource } from "./source-file.ts";

const read = (text: string) => parseSource({ file: "x.yaml", text });

function problem(text: string): string {
  try {
    return JSON.stringify(read(text).value);
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    return `${error.code} ${formatProblem(error)}${error.hint ? ` (${error.hint})` : ""}`;
  }
}

describe("merge keys", () => {
  const base = "base: &b { x: 1, deep: { y: 2 } }\n";

  it.each([
    ["give what the map itself does not write, wherever they stand", "a: { x: 5, <<: *b }", { x: 5, deep: { y: 2 } }],
    ["stand above what follows them too", "a: { <<: *b, x: 5 }", { x: 5, deep: { y: 2 } }],
    ["merge one level: what is deeper is replaced", "a: { <<: *b, deep: { z: 3 } }", { x: 1, deep: { z: 3 } }],
    ["take a list, of which the first wins", "a: { <<: [{ x: 7 }, *b] }", { x: 7, deep: { y: 2 } }],
    ["take a map as it is", "a: { <<: { k: 1 } }", { k: 1 }],
    ["are plain keys in quotes", 'a: { "<<": 1 }', { "<<": 1 }],
    [
      "may stand in a map that is merged itself",
      "c: &c { <<: *b, z: 1 }\na: { <<: *c }",
      { x: 1, deep: { y: 2 }, z: 1 },
    ],
  ])("%s", (_, text, expected) => {
    expect((read(base + text).value as { a: unknown }).a).toEqual(expected);
  });

  it("keep the order of the text", () => {
    const { value } = read(`${base}a: { k: 1, <<: *b, x: 9, z: 2 }`);
    expect(Object.keys((value as { a: object }).a)).toEqual(["k", "x", "deep", "z"]);
  });

  it("are refused where no map is, where they stand twice, and with keys that no definition may have", () => {
    expect(problem(`${base}a: { <<: 5 }`)).toBe("FILE_SYNTAX x.yaml:2:10: << takes a map, or a list of maps");
    expect(problem(`${base}a: { <<: [*b, 5] }`)).toBe("FILE_SYNTAX x.yaml:2:15: << takes a map, or a list of maps");
    expect(problem(`${base}a: { <<: *b, <<: *b }`)).toMatch(
      /^DUPLICATE_KEY x\.yaml:2:14: the key "<<" is written twice/,
    );
    expect(problem('p: &p { "__proto__": { x: 1 } }\na: { <<: *p }')).toMatch(
      /^FORBIDDEN_KEY x\.yaml:1:9: the key "__proto__"/,
    );
    expect(problem("a: { <<: { constructor: 1 } }")).toMatch(/^FORBIDDEN_KEY x\.yaml:1:12: the key "constructor"/);
    expect(problem('a: { "\\x5f_proto__": 1 }')).toMatch(/^FORBIDDEN_KEY x\.yaml:1:6: /);
    expect(({} as { x?: 1 }).x).toBeUndefined();
  });

  it("are traced: a value stands where the map that gave it has it", () => {
    const { locate } = read(`${base}a:\n  <<: *b\n  z: 1\n`);
    expect(locate(["a", "x"])).toMatchObject({ line: 1, column: 15 });
    expect(locate(["a", "deep", "y"])).toMatchObject({ line: 1, column: 29 });
    expect(locate(["a", "x"], "key")).toMatchObject({ line: 1, column: 12 });
    expect(locate(["a", "z"])).toMatchObject({ line: 4, column: 6 });
  });
});

describe("aliases", () => {
  it("repeat the anchor before them, whatever is called so later", () => {
    expect(read("a: &x 1\nb: *x\nc: &x 2\nd: *x\n").value).toEqual({ a: 1, b: 1, c: 2, d: 2 });
    expect(read("a: &x { k: [1] }\nb: [*x, *x]\n").value).toEqual({ a: { k: [1] }, b: [{ k: [1] }, { k: [1] }] });
  });

  it("may be as many as there are hosts", () => {
    const rows = Array.from({ length: 2000 }, (_, n) => `h${n}: { <<: *base, n: ${n}, l: *list }`);
    const { value } = read(`base: &base { port: 22 }\nlist: &list [a]\n${rows.join("\n")}\n`);
    expect((value as { h1999: unknown }).h1999).toEqual({ port: 22, n: 1999, l: ["a"] });
  });

  it("without an anchor, or within their own, are refused with their place", () => {
    expect(problem("a: 1\nb: *.log\n")).toBe(
      'FILE_SYNTAX x.yaml:2:4: there is no anchor for the alias *.log (Write &.log before it; or put the text in quotes: "*.log".)',
    );
    expect(problem("b: *x\na: &x 1\n")).toMatch(/^FILE_SYNTAX x\.yaml:1:4: there is no anchor/);
    expect(problem("a: &x [1, *x]\n")).toBe("FILE_SYNTAX x.yaml:1:11: the alias *x stands inside of its own anchor");
    expect(problem("a: &x { <<: *x }\n")).toMatch(/^FILE_SYNTAX x\.yaml:1:13: the alias \*x stands inside/);
  });

  it.each([
    ["lists", (n: number) => `a${n}: &a${n} [*a${n - 1}, *a${n - 1}, *a${n - 1}]`],
    ["maps", (n: number) => `a${n}: &a${n} { p: *a${n - 1}, q: *a${n - 1} }`],
    ["merges", (n: number) => `a${n}: &a${n} { p: { <<: *a${n - 1} }, q: { <<: *a${n - 1} } }`],
  ])("that multiply are stopped at once: %s", (_, row) => {
    const rows = Array.from({ length: 40 }, (_, index) => row(index + 1));
    const started = performance.now();
    expect(problem(["a0: &a0 { k: v }", ...rows].join("\n"))).toMatch(
      /^FILE_TOO_LARGE x\.yaml:\d+:\d+: its aliases, written out, are too large/,
    );
    expect(performance.now() - started).toBeLessThan(500);
  });

  it("that repeat one long text are counted by its length", () => {
    const text = `a: &a ${"x".repeat(100_000)}\nb: [${Array.from({ length: 20 }, () => "*a").join(", ")}]\n`;
    expect(problem(text)).toMatch(/^FILE_TOO_LARGE x\.yaml:2:/);
  });

  it("count for the depth where they stand", () => {
    const deep = (n: number, inner: string) => "[".repeat(n) + inner + "]".repeat(n);
    expect(problem(`a: &a ${deep(60, "1")}\nb: ${deep(60, "*a")}\n`)).toMatch(/^FILE_TOO_DEEP x\.yaml:/);
  });
});

describe("only plain data is read", () => {
  it.each([
    ["dates stay texts", "a: 2001-12-14\n", { a: "2001-12-14" }],
    ["yes and no stay texts", "a: [yes, no, on, off]\n", { a: ["yes", "no", "on", "off"] }],
    [
      "keys are texts",
      "1: a\ntrue: b\nnull: c\n~: d\n1.50: e\n",
      { "1": "a", "1.50": "e", true: "b", null: "c", "~": "d" },
    ],
    ["a key without a name is empty", ": x\n", { "": "x" }],
    ["a key without a value is null", "a:\n? b\n", { a: null, b: null }],
    ["tags of plain data are read", "a: !!str 5\nb: !!int '5'\nc: ! x\nd: !!map {}\n", { a: "5", b: 5, c: "x", d: {} }],
    ["an empty file is an empty map", "", {}],
    ["so is one with a mark of its beginning", "---\n# nothing\n...\n", {}],
    ["texts of many lines", "a: |\n  x\n  y\nb: >-\n  x\n  y\n", { a: "x\ny\n", b: "x y" }],
  ])("%s", (_, text, expected) => {
    expect(read(text).value).toEqual(expected);
  });

  it.each([
    ["a: !!timestamp 2001-12-14\n", "1:4"],
    ["a: !!binary aGVsbG8=\n", "1:4"],
    ["a: !!set { x, y }\n", "1:4"],
    ["a: !!omap [x: 1]\n", "1:4"],
    ["a: !!js/function 'return 1'\n", "1:4"],
    ["a: !!js/undefined\n", "1:4"],
    ["a: !<tag:yaml.org,2002:python/object/apply:os.system> [id]\n", "1:4"],
    ["a: !!merge <<\n", "1:4"],
    ["%TAG !e! tag:e,2000:\n---\na: !e!x 1\n", "3:4"],
  ])("other tags are refused: %s", (text, place) => {
    expect(problem(text)).toMatch(new RegExp(`^FILE_SYNTAX x\\.yaml:${place}: cannot be read: Unresolved tag`));
  });

  it.each([
    ["{ a: 1 }: b\n", "FILE_SYNTAX x.yaml:1:1: a key is a map, a list or an alias; expected a text"],
    ["home: {{environ.HOME}}\n", "FILE_SYNTAX x.yaml:1:8: a key is a map, a list or an alias; expected a text"],
    ["a: 1\n--- \nb: 2\n", "FILE_SYNTAX x.yaml:2:1: a second document begins here; a definition is one"],
    ["%YAML 1.1\n---\na: yes\n", "FILE_SYNTAX x.yaml:1:1: YAML 1.1 is not read"],
    ["a:\n\tb: 1\n", "FILE_SYNTAX x.yaml:2:1: cannot be read: Tabs are not allowed as indentation"],
    ["a: @x\n", "FILE_SYNTAX x.yaml:1:4: cannot be read: Plain value cannot start with reserved character @"],
    ["a: b: c\n", "FILE_SYNTAX x.yaml:1:4: cannot be read: Nested mappings are not allowed in compact mappings"],
    ["a: { b: 1, b: 2 }\n", 'DUPLICATE_KEY x.yaml:1:12: the key "b" is written twice in one map'],
    ["1: a\n'1': b\n", 'DUPLICATE_KEY x.yaml:2:1: the key "1" is written twice in one map'],
  ])("what a file says otherwise is told with its place: %j", (text, expected) => {
    expect(problem(text).slice(0, expected.length)).toBe(expected);
  });

  it("null is no empty file", () => {
    expect(problem("null\n")).toBe("null");
  });
});

it("every value stands where it says, however it is written", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 8 }),
    fc.constantFrom("yes", "1", "null", "- x", "a: b", "#", "x\ny", " "),
  );
  const leaf = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
  const { tree } = fc.letrec<{ tree: Value }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      leaf,
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom("a", "b.c", "ü", "- d", "1"), tie("tree"), { maxKeys: 3, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, fc.constantFrom(undefined, "flow" as const), (given, collectionStyle) => {
      const { stringify, parse } = loadYaml();
      const written = stringify({ given }, { lineWidth: 0, ...(collectionStyle && { collectionStyle }) });
      const { value, locate } = read(written);
      expect(value).toEqual({ given });
      for (const path of leafPaths(value)) {
        const { line, column, length } = locate(path);
        const row = written.split("\n")[line - 1] ?? "";
        // A text of many lines has no length.
        if (length !== undefined)
          expect(parse(row.slice(column - 1, column - 1 + length))).toEqual(valueAt(value, path));
      }
    }),
    { numRuns: 1000 },
  );
});

function leafPaths(value: Value, above: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [above];
  return Object.entries(value).flatMap(([key, inner]) => leafPaths(inner as Value, [...above, key]));
}

describe("however much there is", () => {
  it.each([
    ["brackets", "[".repeat(50_000)],
    ["braces", "{".repeat(50_000)],
    ["dashes", "- ".repeat(50_000)],
    ["question marks", "? ".repeat(5000)],
    ["maps in maps", "a: ".repeat(5000)],
    ["indents", Array.from({ length: 500 }, (_, n) => `${" ".repeat(n)}a:`).join("\n")],
  ])("%s are refused at the level that is one too many", (_, text) => {
    expect(problem(text)).toMatch(/^FILE_TOO_DEEP x\.yaml:\d+:\d+: nested deeper than 100 levels/);
  });

  it("one map may have many keys", () => {
    const started = performance.now();
    const { value } = read(Array.from({ length: 30_000 }, (_, n) => `k${n}: ${n}\n`).join(""));
    expect(Object.keys(value as object).length).toBe(30_000);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it("a file of YAML is smaller than one of JSON: it takes longer to read", () => {
    expect(problem(`a: ${"x".repeat(1024 * 1024)}`)).toMatch(
      /^FILE_TOO_LARGE x\.yaml:1:1: x\.yaml is larger than 1 MiB/,
    );
  });
});
