import { execFile } from "node:child_process";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { problems, render } from "./world.ts";

const run = promisify(execFile);
const context = {
  map: { b: 1, a: { c: [true, null] } },
  list: ["x", 2],
  quote: `it's "x" \\ \``,
  lines: "a\n\nb",
  none: null,
};

it.each([
  ["{{ map | json }}", '{"b":1,"a":{"c":[true,null]}}'],
  ["{{ map | json: 1 }}", '{\n "b": 1,\n "a": {\n  "c": [\n   true,\n   null\n  ]\n }\n}'],
  ["{{ quote | sh }}", `'it'\\''s "x" \\ \`'`],
  ["{{ quote | sql }}", `'it''s "x" \\ \`'`],
  ["{{ 1 | sql }} {{ true | sql }} {{ none | sql }}", "1 TRUE NULL"],
  ["{{ quote | sql_id }}", `"it's ""x"" \\ \`"`],
  ["{{ quote | ini }}", `it's "x" \\ \``],
  ["{% assign p = map | pairs %}{% for e in p %}{{ e[0] }}{% endfor %}", "ba"],
  ["{% assign p = map | dictsort %}{% for e in p %}{{ e[0] }}{% endfor %}", "ab"],
  ['{{ 0 | required: "why" }}{{ false | required }}', "0false"],
  ["{{ lines | indent: 2 }}", "a\n\n  b"],
  ["{{ lines | indent: 2, true }}", "  a\n\n  b"],
  ['{{ "é" | b64 }}', "w6k="],
  ['{{ "abc" | sha256 }}', "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ['{{ "a.b/c" | regex_escape }}', "a\\.b\\/c"],
  ['{{ list | join: "," }}', "x,2"],
  ['{{ 0 | date: "%Y-%m-%d %H:%M:%S %j %a %b %-d" }}', "1970-01-01 00:00:00 001 Thu Jan 1"],
  [
    '{{ "2026-03-29T02:30:00+02:00" | date }} {{ "2026-11-22" | date: "%s %A %B %e" }}',
    "2026-03-29T00:30:00Z 1795305600 Sunday November 22",
  ],
])("%s", async (text, expected) => {
  expect(await render(text, context)).toBe(expected);
});

describe("a filter says what it refuses", () => {
  it.each([
    ["{{ lines | ini }}", "ini: the value holds a character that cannot be written there, or is empty"],
    ['{{ "" | sql_id }}', "sql_id: the value holds a character that cannot be written there, or is empty"],
    ['{{ none | required: "the port of x" }}', "required: the port of x"],
    ["{{ list | pairs }}", "pairs: it is for maps"],
    ['{{ "now" | date }}', "date: the value is no date"],
    ['{{ "today" | date: "%Y" }}', "date: the value is no date"],
    ['{{ "2026-11-22 10:00" | date }}', "date: the value is no date"],
    ['{{ 0 | date: "%Q" }}', "date: %Q is not known"],
  ])("%s", async (text, message) => {
    expect(await problems(text, context)).toEqual([`TEMPLATE_VALUE 1:1 ${message}`]);
  });

  it("and required tells why also when there is no such variable", async () => {
    expect(await problems('{{ map.port | required: "the port of x" }}', context)).toEqual([
      "TEMPLATE_UNKNOWN_VARIABLE 1:4 map.port is required: the port of x",
    ]);
  });
});

it.each(["{{ list | sample }}", "{{ 0 | date_to_string }}", "{{ 1 | random }}"])("there is no %s", async (text) => {
  expect((await problems(text, context))[0]).toContain("TEMPLATE_UNKNOWN_FILTER");
});

it("sh gives any text to a shell unchanged", async () => {
  const text = fc.string({ unit: fc.constantFrom("'", '"', "\\", "$", "`", "\n", " ", "é", "a", "!", "*", "-") });
  await fc.assert(
    fc.asyncProperty(text, async (value) => {
      const script = await render("printf %s {{ value | sh }}", { value });
      expect((await run("sh", ["-c", script])).stdout).toBe(value);
    }),
    { numRuns: 40 },
  );
});
