import { describe, expect, it } from "vitest";
import type { Limits } from "../src/index.ts";
import { failures, problems, render, renderer } from "./world.ts";

const SMALL: Partial<Limits> = { seconds: 0.3, characters: 100_000, memory: 1_000_000 };

async function outcome(
  text: string,
  { limits = SMALL, files = {} }: { limits?: Partial<Limits>; files?: Record<string, string> } = {},
) {
  const { tree } = await renderer({ "_DEPLOY_/x": text, ...files }, { limits });
  return failures(tree({ context: { long: "x".repeat(1000) }, targets: [] }));
}

describe("a bound ends a file with its place, and the process lives", () => {
  it.each([
    [
      "a loop of 10^8 steps",
      "\n{% for i in (1..10000) %}{% for j in (1..10000) %}{% endfor %}{% endfor %}",
      "it takes too long",
    ],
    ["a huge range", "\n{% for i in (1..99999999999) %}{% endfor %}", "its filters and ranges make too many values"],
    [
      "output without end",
      "\n{% for i in (1..9999) %}{{ long }}{% endfor %}",
      "more than 100000 characters are written",
    ],
    [
      "text that doubles",
      "\n{% for i in (1..99) %}{% assign long = long | append: long %}{% endfor %}",
      "its filters and ranges make too many values",
    ],
  ])("%s", async (_, text, message) => {
    const memory = message === "it takes too long" ? { memory: Number.MAX_SAFE_INTEGER } : {};
    const [problem = "", ...others] = await outcome(text, { limits: { ...SMALL, ...memory } });
    expect(problem).toMatch(new RegExp(`^TEMPLATE_LIMIT 2:\\d+ ${message}$`));
    expect(others).toEqual([]);
  });

  it("a partial that includes itself", async () => {
    expect(await outcome("{% include 'loop' %}", { files: { loop: "\n{% include 'loop' %}" } })).toEqual([
      "TEMPLATE_LIMIT tmpl/loop:2:1 more than 100 blocks and partials within one another",
    ]);
    const [found] = await outcome("{% render 'a' %}", { files: { a: "{% render 'b' %}", b: "{% render 'a' %}" } });
    expect(found).toContain("TEMPLATE_LIMIT");
  });

  it("blocks within blocks", async () => {
    const deep = "{% if true %}".repeat(50_000);
    const limits = { ...SMALL, characters: 1e7 };
    expect((await outcome(deep, { limits }))[0]).toContain("TEMPLATE_LIMIT");
  });

  it("a template that is too long", async () => {
    expect(await outcome(`{{ 1 }}${"x".repeat(100_000)}`)).toEqual([
      "TEMPLATE_LIMIT 1:1 the template has more than 100000 characters",
    ]);
  });
});

describe("a text that is long and broken is read in a time that grows with its length", () => {
  const limits = { ...SMALL, seconds: 20, characters: 1e8 };
  it.each([
    ["comments", "{% comment %} {% endcomment %}".repeat(80_000), []],
    ["lines of comments", "{% comment %}\n{% endcomment %}\n".repeat(60_000), []],
    ["unclosed comments", "{% comment %}".repeat(200_000), ["TEMPLATE_SYNTAX 1:1 tag {% comment %} not closed"]],
    ["blanks", `{{ 1 |${" ".repeat(1_000_000)}zz }}`, ['TEMPLATE_UNKNOWN_FILTER 1:1000007 there is no filter "zz"']],
    ["blocks in a row", "{% if true %}{% endif %}".repeat(100_000), []],
    ["filters in a row", `{{ 1${" | plus: 1".repeat(100_000)} }}`, []],
    ["conditions in a row", `{% if true${" and true".repeat(100_000)} %}{% endif %}`, []],
  ])("%s", async (_, text, expected) => {
    expect(await outcome(text, { limits })).toEqual(expected);
  });

  it.each([
    ["outputs", "{{ 1 }}".repeat(251_000), "1:1 the template has more than 250000 tags, outputs and texts"],
    ["unknown variables", "{{ a }}".repeat(2000), "1:7004 more than 1000 mistakes"],
    ["unknown filters", "{{ 1 | zz }}".repeat(2000), "1:12008 more than 1000 mistakes"],
    ["mistakes", "{{ = }}".repeat(2000), "1:7004 more than 1000 mistakes"],
    ["comments of Jinja", "{# a #}{% # %}".repeat(2000), "1:14001 more than 1000 mistakes"],
    ["comments of Jinja in one text", "{# a #}".repeat(500_000), "1:7001 more than 1000 mistakes"],
    ["brackets", `{{ a${"[a".repeat(100_000)} }}`, "1:1 the text is too deep to be parsed"],
  ])("%s: no more than a person reads", async (_, text, expected) => {
    expect((await outcome(text, { limits })).at(-1)).toBe(`TEMPLATE_LIMIT ${expected}`);
  });

  it("and what is quoted of it in a message is short", async () => {
    const texts = [
      `{% if ${", file:x".repeat(50_000)} %}`,
      `{{ a${".b".repeat(50_000)} }}`,
      `{{ 1 | ${"z".repeat(50_000)} }}`,
    ];
    for (const text of texts) for (const line of await outcome(text, { limits })) expect(line.length).toBeLessThan(250);
  });
});

describe("filters are bounded", () => {
  const twice = "{% assign r = long | replace: 'x', long %}{% assign s = r | replace: 'x', long %}";
  it.each([
    ["replace", twice],
    ["join", "{% assign r = (1..600000) | join %}"],
    ["json", "{% for i in (1..2000) %}{% assign r = long | json %}{% endfor %}"],
    ["sort of a long list", "{% assign r = (1..200000) | sort %}"],
    ["where of a long list", "{% assign r = (1..200000) | where_exp: 'x', 'x == 1' %}"],
    ["yaml", "{% for i in (1..2000) %}{% assign r = long | yaml %}{% endfor %}"],
    ["indent", "{{ 'a' | indent: 99999999999 }}"],
    [
      "date",
      "{% assign f = long | replace: 'x', '%A' %}{% for i in (1..2000) %}{% assign r = 0 | date: f %}{% endfor %}",
    ],
  ])("%s", async (_, text) => {
    expect(await outcome(text, { limits: { ...SMALL, seconds: 20 } })).toEqual([
      expect.stringMatching(/^TEMPLATE_LIMIT 1:\d+ its filters and ranges make too many values$/),
    ]);
  });
});

it("a filter that goes through a long list is stopped in the middle", async () => {
  for (const filter of [
    "where_exp: 'x', 'x == 1'",
    "where: 'x', 1",
    "map: 'x'",
    "has: 'x'",
    "group_by: 'x'",
    "sum: 'x'",
  ]) {
    const text = `{% assign r = (1..3000000) | ${filter} %}`;
    const limits = { seconds: 0.2, memory: Number.MAX_SAFE_INTEGER };
    expect(await outcome(text, { limits })).toEqual(["TEMPLATE_LIMIT 1:1 it takes too long"]);
  }
});

it("a tree of bad files does not take their number times the time", async () => {
  const loop = "{% for i in (1..10000) %}{% for j in (1..10000) %}{% endfor %}{% endfor %}";
  const files = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`_DEPLOY_/f${n}`, loop]));
  const limits = { seconds: 0.2, memory: Number.MAX_SAFE_INTEGER };
  const found = await failures((await renderer(files, { limits })).tree({ context: {}, targets: [] }));
  expect(found).toHaveLength(30);
  expect(found.filter((line) => line.includes("it takes too long")).length).toBeLessThan(4);
  expect(found.filter((line) => line.includes("it is not rendered, because others took too long")).length).toBeGreaterThan(25); // biome-ignore format: one line
});

it("the files of a renderer write no more than its total, together", async () => {
  const files = Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`_DEPLOY_/f${n}`, "{{ text }}"]));
  const { tree } = await renderer(files, { limits: { total: 2500 } });
  const found = await failures(tree({ context: { text: "x".repeat(1000) }, targets: [] }));
  expect(found).toEqual(["3", "4"].map((n) => `TEMPLATE_LIMIT tmpl/_DEPLOY_/f${n}:1:1 more than 2500 characters are written to all files`)); // biome-ignore format: one line
});

describe("rendering reads only what it was given", () => {
  it.each([
    "{{ map.__proto__ }}",
    "{{ map.constructor }}",
    "{{ list.constructor }}",
    "{{ text.constructor }}",
    "{{ map['__proto__'] }}",
    "{{ __proto__ }}",
    "{{ constructor }}",
    "{{ toString }}",
    "{{ process }}",
    "{{ globalThis }}",
    "{{ made.hidden }}",
    "{{ forloop }}",
  ])("%s is unknown", async (text) => {
    const context = { map: {}, list: [1], text: "x", made: Object.create({ hidden: 1 }) };
    expect((await problems(text, context))[0]).toContain("TEMPLATE_UNKNOWN_VARIABLE");
  });

  it("and writes to nothing: names like those of an object's own make are names", async () => {
    const text =
      "{% assign __proto__ = 1 %}{% capture constructor %}x{% endcapture %}{% increment toString %}" +
      "{% for __proto__ in (1..2) %}{{ __proto__ }}{% endfor %}{{ __proto__ }}{{ constructor }}" +
      "{{ list | map: '__proto__' | compact | size }}{{ list | where: 'constructor' | size }}";
    expect(await render(text, { list: [{ a: 1 }] })).toBe("0121x00");
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

it("100,000 includes are no problem", async () => {
  const text = "{% for i in (1..100000) %}{% include 'part' %}{% endfor %}";
  expect(await render(text, {}, { part: "." })).toHaveLength(100_000);
});
