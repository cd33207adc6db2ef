import { execFile } from "node:child_process";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as yaml from "yaml";
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
  ["{{ none | json }} {{ 1 | json }} {{ true | json }} {{ list | json }}", 'null 1 true ["x",2]'],
  ["{{ map | yaml }}", "b: 1\na:\n  c:\n    - true\n    - null"],
  ["{{ none | yaml }} {{ 1 | yaml }} {{ true | yaml }} {{ quote | yaml }}", `null 1 true it's "x" \\ \``],
  ["deep:\n  {{ map | yaml | indent: 2 }}\n", "deep:\n  b: 1\n  a:\n    c:\n      - true\n      - null\n"],
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
  ['{{ "a\\r\\n\\r\\nb" | indent }}', "a\r\n\r\n    b"],
  ['{{ "" | indent: 2, true }}|{{ "a" | indent: 0 }}', "|a"],
  ['{{ "" | sh }} {{ "" | sql }} {{ "" | b64 }}|{{ none | sh }} {{ none | ini }}', "'' '' |'' "],
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
    ["{{ lines | indent: -1 }}", "indent: the width is no whole number of blanks"],
    ['{{ lines | indent: "x" }}', "indent: the width is no whole number of blanks"],
    ["{{ map | json: 1.5 }}", "json: the width is no whole number of blanks"],
    ['{{ "a\\u0000" | sh }}', "sh: the value holds a character that cannot be written there, or is empty"],
    ['{{ "a\\u0000" | sql }}', "sql: the value holds a character that cannot be written there, or is empty"],
    ['{{ "a\\rb" | ini }}', "ini: the value holds a character that cannot be written there, or is empty"],
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

const awkward = fc.string({
  unit: fc.constantFrom(...("'\"\\$`\n\r\t é-a!*%#:;=,&[]{}()|./+?^<>~\u2028💾0xyn".match(/./gsu) ?? [])),
});

it("json is read back as it was", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.nat(4), async (value, width) => {
      expect(JSON.parse(await render(`{{ value | json: ${width} }}`, { value }))).toEqual(
        JSON.parse(JSON.stringify(value)),
      );
    }),
  );
});

it("yaml is read back as it was, by readers of 1.2 and of 1.1, also indented below a key", async () => {
  const leaf = fc.oneof(awkward, fc.constantFrom("yes", "No", "~", "", " x ", "1:30", "0o17", "017", "1_000", "2026-11-22", "null", ".5", "=", "<<", "- a", "a: b", "a #b"), fc.integer(), fc.boolean(), fc.constant(null)); // biome-ignore format: one line
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie("value"), { maxLength: 3 }), fc.dictionary(awkward, tie("value"), { maxKeys: 3, noNullPrototype: true })), // biome-ignore format: one line
  }));
  await fc.assert(
    fc.asyncProperty(value, async (value) => {
      const text = await render("top:\n  key:\n    {{ value | yaml | indent: 4 }}\n", { value });
      for (const version of ["1.2", "1.1"] as const)
        expect(yaml.parse(text, { version })).toEqual({ top: { key: value } });
    }),
    { numRuns: 300 },
  );
});

it("sh gives any text to a shell unchanged", async () => {
  await fc.assert(
    fc.asyncProperty(awkward, async (value) => {
      const script = await render("printf %s {{ value | sh }}", { value });
      expect((await run("sh", ["-c", script])).stdout).toBe(value);
    }),
    { numRuns: 40 },
  );
});

describe("Python reads what is written for it", () => {
  const lines = fc.sample(awkward, { numRuns: 200, seed: 7 });
  const python = async (script: string, input: unknown) => {
    const child = run("python3", ["-c", `import json, sys\nitems = json.load(sys.stdin)\n${script}`]);
    child.child.stdin?.end(JSON.stringify(input));
    return JSON.parse((await child).stdout);
  };
  const each = (text: string, values: readonly string[]) => Promise.all(values.map((value) => render(text, { value })));

  it("sql and sql_id, by SQLite", async () => {
    const ids = lines.filter((line) => line !== "");
    const script =
      "import sqlite3\nc = sqlite3.connect(':memory:')\n" +
      "print(json.dumps([[c.execute('SELECT ' + i).fetchone()[0] for i in items[0]], [c.execute('SELECT 1 AS ' + i).description[0][0] for i in items[1]]]))"; // biome-ignore format: one line
    const written = [await each("{{ value | sql }}", lines), await each("{{ value | sql_id }}", ids)];
    expect(await python(script, written)).toEqual([lines, ids]);
  });

  it("regex_escape, by re", async () => {
    const written = await each("{{ value | regex_escape }}", lines);
    expect(await python("import re\nprint(json.dumps([bool(re.fullmatch(p, t)) for p, t in items]))", written.map((pattern, i) => [pattern, lines[i]]))).toEqual(lines.map(() => true)); // biome-ignore format: one line
    for (const [i, pattern] of written.entries()) expect(lines[i]).toMatch(new RegExp(`^${pattern}$`));
  });

  it("ini, by configparser", async () => {
    const values = lines.filter((line) => line === line.trim() && !/[\r\n]/.test(line));
    expect(values.length).toBeGreaterThan(50);
    const file = `[a]\n${(await each("{{ value | ini }}", values)).map((value, i) => `k${i} = ${value}\n`).join("")}`;
    const script =
      "import configparser\nc = configparser.RawConfigParser()\nc.read_string(items)\nprint(json.dumps(list(c['a'].values())))";
    expect(await python(script, file)).toEqual(values);
  });

  it("b64 and sha256, by base64 and hashlib", async () => {
    const script = "import base64, hashlib\nprint(json.dumps([[base64.b64encode(t.encode()).decode(), hashlib.sha256(t.encode()).hexdigest()] for t in items]))"; // biome-ignore format: one line
    const [b64, sha256] = [await each("{{ value | b64 }}", lines), await each("{{ value | sha256 }}", lines)];
    expect(await python(script, lines)).toEqual(lines.map((_, i) => [b64[i], sha256[i]]));
  });

  it("dictsort, by sorted() over bytes", async () => {
    const map = Object.fromEntries(lines.map((line) => [line, 1]));
    const text = "{% assign all = map | dictsort %}{% for one in all %}{{ one[0] | json }}{% unless forloop.last %},{% endunless %}{% endfor %}"; // biome-ignore format: one line
    const sorted = JSON.parse(`[${await render(text, { map })}]`);
    expect(sorted).toEqual(
      await python("print(json.dumps(sorted(items, key=lambda t: t.encode())))", Object.keys(map)),
    );
  });
});
