import fc from "fast-check";
import { expect, it, vi } from "vitest";
import { entryOf, isList, isMap, type Value } from "../value.ts";
import { json5Tree } from "./json5-tree.ts";
import { loadJson5 } from "./lazy.ts";
import { escapeSeparators } from "./scan.ts";
import { parseSource } from "./source-file.ts";
import type { TextNode } from "./text-tree.ts";

const space = fc.constantFrom(
  "",
  " ",
  "\n",
  "\r\n",
  "\t\v\f",
  "\u00a0\ufeff\u3000",
  "/* x: {[' */",
  '// y: "\n',
  "\u2028",
);
const text = fc
  .array(
    fc.constantFrom(
      "a",
      "ü😀",
      "\\n",
      "\\x41",
      "\\u0041",
      "\\\n",
      "\\\r\n",
      "{",
      "]",
      ",",
      ":",
      "//",
      "\\\\",
      "\u2029",
    ),
  )
  .chain((parts) => fc.constantFrom('"', "'").map((quote) => `${quote}${parts.join("")}\\${quote}${quote}`));
const number = fc.constantFrom("0", "-1", "+.5", "5.", "1e3", "-0x1F", "Infinity", "-NaN", "12");
const name = fc.constantFrom("a", "b\\u0061", "$_x", "ℵ", "true", "null", "NaN", "Infinity", "a\u200cb", "c1");
const key = fc.oneof(text, name);

const { value } = fc.letrec<{ value: string; list: string; map: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    text,
    number,
    fc.constantFrom("true", "null"),
    tie("list"),
    tie("map"),
  ),
  list: members(tie("value")).map((inner) => `[${inner}]`),
  map: members(fc.tuple(key, space, tie("value")).map(([k, s, v]) => `${k}${s}:${s}${v}`)).map((inner) => `{${inner}}`),
}));

/** Items with commas between them, and perhaps one behind. */
function members(item: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const spaced = fc.tuple(space, item, space).map((parts) => parts.join(""));
  return fc.tuple(fc.array(spaced, { maxLength: 4 }), fc.boolean(), space).map(([items, comma, after]) => {
    return `${items.join(",")}${comma && items.length > 0 ? "," : ""}${after}`;
  });
}

it("every part that json5 reads stands where the tree says, and nothing else is in the tree", () => {
  // The package itself prints where it meets U+2028 in a string.
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  fc.assert(
    fc.property(fc.tuple(space, value, space), (parts) => {
      const written = parts.join("");
      compare(json5Tree(written).root, { text: written, value: loadJson5().parse<Value>(written) });
    }),
    { numRuns: 3000 },
  );
  warn.mockRestore();
});

function compare({ range, members: map, items }: TextNode, { text, value }: { text: string; value: Value }): void {
  // What a range holds, read by itself, is the value.
  expect(loadJson5().parse(text.slice(...range))).toEqual(value);
  expect(map?.size ?? 0).toBe(isMap(value) ? Object.keys(value).length : 0);
  expect(items?.length ?? 0).toBe(isList(value) ? value.length : 0);
  for (const [each, member] of map ?? []) {
    const [written] = Object.keys(loadJson5().parse<object>(`{${text.slice(...member.keyRange)}: 0}`));
    expect(written).toBe(each);
    compare(member.value, { text, value: entryOf(value, each) as Value });
  }
  for (const [index, item] of (items ?? []).entries())
    compare(item, { text, value: (value as Value[])[index] as Value });
}

it("line separators in texts are read as they are, without a word on the console", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  fc.assert(
    fc.property(value, (written) => {
      const escaped = escapeSeparators(written);
      const read = loadJson5().parse<Value>(escaped);
      expect(warn).not.toHaveBeenCalled();
      expect(read).toEqual(loadJson5().parse(written));
      warn.mockClear();
    }),
    { numRuns: 1000 },
  );
  expect(parseSource({ file: "x.json5", text: "{ a: 'x\u2028y', 'k\\\u2029': 1 } // \u2028" }).value).toEqual({
    a: "x\u2028y",
    k: 1,
  });
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

it("tells each key that its map has already, the last of them in the tree", () => {
  const written = "{a: 1, b: [{c: 1, 'c': 2}], \"\\x61\": 3}";
  const { root, repeated } = json5Tree(written);
  expect(repeated.map(({ key: each, range }) => [each, written.slice(...range)])).toEqual([
    ["c", "'c'"],
    ["a", '"\\x61"'],
  ]);
  expect(written.slice(...(root.members?.get("a")?.value.range ?? []))).toBe("3");
});

it("ends with a text that is cut anywhere, though nobody reads such a tree", () => {
  const written = '{a: [1, {\'b\': "c\\""}], /* d */ e: null} // f';
  for (let end = 0; end <= written.length; end++) expect(json5Tree(written.slice(0, end)).root.range[0]).toBe(0);
});
