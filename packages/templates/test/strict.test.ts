import { Secret } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { failures, problems, render, renderer } from "./world.ts";

const context = {
  instance: { database: { host: "db1", port: 5432 }, list: ["a"], nothing: null, off: false },
  version: "1",
};

describe("an unknown variable", () => {
  it.each([
    ["{{ nope }}", "1:4 unknown variable nope"],
    ["\n\n  {{ instance.databse.host }}", "3:6 unknown variable instance.databse.host"],
    ["{{ instance.nothing.x }}", "1:4 unknown variable instance.nothing.x"],
    ["{{ instance.list[3] }}", "1:4 unknown variable instance.list[3]"],
    ["{% for x in instance.lst %}{% endfor %}", "1:13 unknown variable instance.lst"],
    ["{% assign a = nope %}{{ a }}", "1:15 unknown variable nope"],
    ["{{ 1 | plus: nope }}", "1:14 unknown variable nope"],
    ["{{ instance.constructor }}", "1:4 unknown variable instance.constructor"],
    ["{% if instance[nope] %}{% endif %}", "1:16 unknown variable nope"],
    ["{% for i in (1..3) %}{{ nope }}{% endfor %}", "1:25 unknown variable nope"],
  ])("%j", async (text, expected) => {
    expect(await problems(text, context)).toEqual([`TEMPLATE_UNKNOWN_VARIABLE ${expected}`]);
  });

  it("may be tested for", async () => {
    const text =
      "{% if nope.deep %}1{% else %}2{% endif %}{% unless nope %}3{% endunless %}{{ nope | default: 4 }}" +
      "{% case nope %}{% when 1 %}x{% else %}5{% endcase %}{% if nope == nil %}6{% endif %}" +
      "{% assign a = nope | default: 7 %}{{ a }}{% if instance.off or nope %}x{% elsif nope %}x{% else %}8{% endif %}";
    expect(await render(text, context)).toBe("12345678".slice(1));
  });

  it.each([
    ["{{ instance.databse.host }}", "Did you mean instance.database.host?"],
    ["{{ vesion }}", "Did you mean version?"],
    ["{{ port }}", "Did you mean instance.database.port?"],
    ["{% assign name = 1 %}{{ nme }}", "Did you mean name?"],
    ["{{ zebra }}", "Where it may be absent, test it by {% if %} or give a value by | default."],
    ["{{ host.name }}", "host is known only in files under _HOST_/, which are rendered for each host."],
    ["{{ target }}", "target is known only in files under _TARGET_/<target>/; targets lists all of a host."],
  ])("%j is answered by a hint", async (text, hint) => {
    await expect(render(text, context)).rejects.toMatchObject({ hint });
  });
});

it("an unknown filter is found wherever it stands, each with its place", async () => {
  const text = "{{ 1 | nope | nope2 }}\n{% if false %}{{ 1 | upcas }}{% endif %}\n{% assign x = 1 | nope %}";
  expect(await problems(text)).toEqual([
    'TEMPLATE_UNKNOWN_FILTER 1:8 there is no filter "nope"',
    'TEMPLATE_UNKNOWN_FILTER 1:15 there is no filter "nope2"',
    'TEMPLATE_UNKNOWN_FILTER 2:22 there is no filter "upcas"',
    'TEMPLATE_UNKNOWN_FILTER 3:19 there is no filter "nope"',
  ]);
  await expect(render("{{ 1 | upcas }}")).rejects.toMatchObject({ hint: "Did you mean upcase?" });
  await expect(render("{{ 1 | tojson }}")).rejects.toMatchObject({ hint: "In Liquid: json." });
});

describe("a map or a list", () => {
  it.each([
    ["{{ instance }}", "1:1 a map cannot be printed"],
    ["{{ instance.list }}", "1:1 a list cannot be printed"],
    ["x{% echo instance %}", "1:2 a map cannot be printed"],
    ["{{ instance | upcase }}", "1:1 a map cannot be printed"],
    ['{{ "a" | append: instance.list }}', "1:1 a list cannot be printed"],
    ["{{ instance | pairs | join }}", "1:1 a list cannot be printed"],
  ])("is not printed: %j", async (text, expected) => {
    expect(await problems(text, context)).toEqual([`TEMPLATE_NOT_PRINTABLE ${expected}`]);
  });

  it("but scalars are", async () => {
    expect(
      await render("{{ 1 }}{{ true }}{{ nil }}{{ 1.5 }}{{ instance.nothing }}|{{ instance.list.size }}", context),
    ).toBe("1true1.5|1");
  });
});

describe("syntax", () => {
  it.each([
    ["{{ x ", '1:1 output "{{ x " not closed'],
    ["a\n{% if true %}\nb", "2:1 tag {% if true %} not closed"],
    ["{% endif %}", "1:1 {% endif %} closes nothing that is open here"],
    ["{% set x = 1 %}", '1:1 there is no tag "set"'],
    ["{% if a %}{% elif b %}{% endif %}", '1:11 there is no tag "elif"'],
    ["x {{ a = b }}", '1:9 expected "|" before filter'],
    ["a {# note #} b", "1:3 {# … #} is a comment of Jinja; it would be printed"],
  ])("%j", async (text, expected) => {
    expect(await problems(text)).toContain(`TEMPLATE_SYNTAX ${expected}`);
  });

  it("one mistake does not hide the next", async () => {
    const text = "{% if %}{{ 1 | a }}{% endif %}\n{% if true %}\n{{ = }}\n{% endif %}{% for x %}{% endfor %}{{ }}";
    expect((await problems(text)).map((line) => line.split(" ", 2).join(" "))).toEqual([
      "TEMPLATE_SYNTAX 1:6",
      "TEMPLATE_SYNTAX 3:4",
      "TEMPLATE_SYNTAX 4:12",
      "TEMPLATE_SYNTAX 4:38",
    ]);
  });

  it("lets {# #} stand where it is meant", async () => {
    expect(await render("{% raw %}{# x #}{% endraw %}{% comment %}{# y #}{% endcomment %}${#a[@]} #}")).toBe(
      "{# x #}${#a[@]} #}",
    );
  });
});

it("tells all that is wrong with a tree, sorted by place, each once", async () => {
  const { tree } = await renderer({
    "_DEPLOY_/b": "{{ nope }} {{ 1 | nope }}",
    "_DEPLOY_/a": '{{ one }}\n{% include "part" %}{{ two }}',
    "_DEPLOY_/c": '{% include "part" %}{% include "missing" %}',
    "_TARGET_/web/d": "{{ host }}",
    "_HOST_/e": "{{ target }}",
    part: "{{ three }}",
  });
  expect(await failures(tree({ context: {}, targets: ["web"] }))).toEqual([
    "TEMPLATE_UNKNOWN_VARIABLE tmpl/_DEPLOY_/a:1:4 unknown variable one",
    "TEMPLATE_UNKNOWN_VARIABLE tmpl/_DEPLOY_/a:2:24 unknown variable two",
    'TEMPLATE_UNKNOWN_FILTER tmpl/_DEPLOY_/b:1:19 there is no filter "nope"',
    'TEMPLATE_NOT_FOUND tmpl/_DEPLOY_/c:1:21 there is no template "missing" to include',
    "TEMPLATE_UNKNOWN_VARIABLE tmpl/_HOST_/e:1:4 unknown variable target",
    "TEMPLATE_UNKNOWN_VARIABLE tmpl/_TARGET_/web/d:1:4 unknown variable host",
    "TEMPLATE_UNKNOWN_VARIABLE tmpl/part:1:4 unknown variable three",
  ]);
});

it("nothing is escaped, and a line may begin with anything", async () => {
  expect(await render('{{ "<&>" }}\n.css { color: red }\n;. x\n')).toBe("<&>\n.css { color: red }\n;. x\n");
});

it("says nothing of a secret in its errors", async () => {
  const secrets = { s: new Secret("hunter2", "passwd/db"), map: {} };
  const text =
    "{% assign k = s | downcase %}{{ map[k] }}{% include k %}{{ k | base64_decode }}{{ map | pairs | required: k }}" +
    '{{ s | append: "\n" | ini }}{{ s | date }}{{ s.nope }}{% if s == "hunter2" %}{% endif %}{{ k | nope }}';
  const expressions =
    '{% assign l = "a,b" | split: "," %}{{ l | where_exp: "x", s }}{% assign e = s | append: " ((" %}' +
    '{{ l | where_exp: "x", e }}{{ l | find_exp: "x", k }}{{ l | group_by: e }}{{ l | where_exp: "x", "x | hunter2" | append: k }}';
  const texts = [text, text.replace("{{ k | nope }}", ""), expressions];
  const both = (await Promise.all(texts.map((one) => problems(one, secrets)))).flat();
  expect(both.length).toBeGreaterThan(9);
  expect(both.join()).not.toContain("hunter2");
});
