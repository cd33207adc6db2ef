import { describe, expect, it } from "vitest";
import { createRenderer, readOverlay } from "../src/index.ts";
import { layer, problems, render, shown } from "./world.ts";

describe("a line that holds only tags", () => {
  it.each([
    ["a\n{% if true %}\nb\n{% endif %}\nc\n", "a\nb\nc\n"],
    ["  {% if true %}\n  x\n  {% endif %}\nend-no-newline", "  x\nend-no-newline"],
    ["{% if true %}\n{% endif %}", ""],
    ["a\n\t{% if true %} \t\nb\n\t{% endif %}", "a\nb\n"],
    ["a\n {% if true %} {% if true %}\nb\n {% endif %} {% endif %} \nc", "a\nb\nc"],
    ["{% for i in (1..2) %}\nrow {{ i }}\n{% endfor %}\n\nkeep\n", "row 1\nrow 2\n\nkeep\n"],
    ["a\n{% comment %} one {{ nope }} {% endcomment %}\nb", "a\nb"],
    ["a\n  {% comment %}\n  two\n  {% endcomment %}\nb", "a\nb"],
    ["a\n{% # note %}\nb", "a\nb"],
    ["a\n{% assign x = 1 %}\n{% assign y = 2 %}\nb", "a\nb"],
    ["a\n{% raw %}\n {{ x }}\n{% endraw %}\nb", "a\n {{ x }}\nb"],
    ["a\n{% liquid\n assign x = 1\n%}\nb", "a\nb"],
    ["a\n\n{% if true %}\n\nb{% endif %}", "a\n\n\nb"],
  ])("leaves no trace in %j", async (text, expected) => {
    expect(await render(text)).toBe(expected);
  });

  it("leaves none with CRLF either, and the other line ends are kept", async () => {
    expect(await render("a\r\n  {% if true %}\r\nb\r\n{% endif %}\r\nc\r\n")).toBe("a\r\nb\r\nc\r\n");
  });

  it("is gone also where it includes something, at the left edge", async () => {
    expect(await render('a\n  {% include "part" %}\nb', {}, { part: "one\ntwo\n" })).toBe("a\none\ntwo\nb");
    expect(await render('  {% include "p" %} {% include "p" %} \nb', {}, { p: "1" })).toBe("1 1b");
  });
});

describe("every other line keeps its blanks", () => {
  it.each([
    ["listen {% if true %}80{% endif %} default;\n", "listen 80 default;\n"],
    ["  {{ 1 }}  \n  {{ 2 }}\n", "  1  \n  2\n"],
    ["  {{ 1 }}{% if true %}\n  {% endif %}\n", "  1\n"],
    ["  {% if true %} x {% endif %}  \ny", "   x   \ny"],
    ["  {% echo 1 %}\n  {% increment n %}\n", "  1\n  0\n"],
    ["  {% liquid\n echo 1 %}\nx", "  1\nx"],
    ["{% for i in (1..3) %}{{ i }} {% endfor %}\n", "1 2 3 \n"],
    ["a {% raw %} {{ b }} {% endraw %} c", "a  {{ b }}  c"],
  ])("%j", async (text, expected) => {
    expect(await render(text)).toBe(expected);
  });
});

it("does what explicit trimming says", async () => {
  expect(await render("a \n {%- if true -%} \n b \n {%- endif -%} \n c")).toBe("abc");
  expect(await render("a \n {{- 1 -}} \n b")).toBe("a1b");
  expect(await render("x: {% if true -%}  1  {%- endif %};")).toBe("x: 1;");
});

it("stays, as in Liquid everywhere else, in layers that say so", async () => {
  const text = "a\n  {% if true %}\nb\n  {% endif %}\n{%- assign x = 1 %}\nc";
  const plain = await layer({ "_DEPLOY_/plain": `${text}{% include "lib" %}` }, "plain");
  const ours = await layer({ "_DEPLOY_/ours": text, lib: "{% if true %}\n1{% endif %}" }, "ours");
  const lib = await layer({ kept: "{% if true %}\n2{% endif %}" }, "lib");
  const overlay = await readOverlay([{ ...plain, tagLines: "keep" }, ours]);
  const { tree } = createRenderer(overlay, { lib: [{ ...lib, tagLines: "keep" }] });
  expect(await shown(await tree({ context: {}, targets: [] }))).toEqual({
    plain: "a\n  \nb\n  \nc1",
    ours: "a\nb\nc",
  });
});

it("leaves the places of errors true", async () => {
  const text = "{% if true %}\n  {% if true %}\n   {{ nope }}\n  {% endif %}\n{% endif %}\nx {{ nope2 }}";
  expect(await problems(text)).toEqual([
    "TEMPLATE_UNKNOWN_VARIABLE 3:7 unknown variable nope",
    "TEMPLATE_UNKNOWN_VARIABLE 6:6 unknown variable nope2",
  ]);
});
