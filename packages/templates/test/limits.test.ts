import { describe, expect, it } from "vitest";
import type { Limits } from "../src/index.ts";
import { failures, render, renderer } from "./world.ts";

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

it("100,000 includes are no problem", async () => {
  const text = "{% for i in (1..100000) %}{% include 'part' %}{% endfor %}";
  expect(await render(text, {}, { part: "." })).toHaveLength(100_000);
});
