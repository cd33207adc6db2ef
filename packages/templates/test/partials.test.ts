import fs from "node:fs/promises";
import { expect, it } from "vitest";
import { createRenderer, readOverlay } from "../src/index.ts";
import { failures, layer, problems, render, shown } from "./world.ts";

it("include and render see the whole overlay, the strongest layer of each path", async () => {
  const weak = await layer(
    { "_DEPLOY_/x": '{% include "sub/part" %}{% render "sub/part" %}', "sub/part": "weak" },
    "weak",
  );
  const strong = await layer({ "sub/part": "strong " }, "strong");
  const { tree } = createRenderer(await readOverlay([weak, strong]));
  expect(await shown(await tree({ context: {}, targets: [] }))).toEqual({ x: "strong strong " });
});

it("find what lies in _LIB_ without saying so, in the overlay and in the layers given for it", async () => {
  const one = await layer({
    "_DEPLOY_/x": '{% include "a" %} {% include "b" %} {% include "_LIB_/b" %}',
    "_LIB_/a": "A",
  });
  const lib = [await layer({ a: "weaker", b: "{{ v }}" }, "tmpl/_LIB_")];
  const { tree } = createRenderer(await readOverlay([one]), { lib });
  expect(await shown(await tree({ context: { v: "B" }, targets: [] }))).toEqual({ x: "A B B" });
  expect(await failures(tree({ context: {}, targets: [] }))).toEqual([
    "TEMPLATE_UNKNOWN_VARIABLE tmpl/_LIB_/b:1:4 unknown variable v",
  ]);
});

it("find files near the one that includes them", async () => {
  const files = { "conf/a": '{% include "./b" %}{% include "../c" %}', "conf/b": "b", c: "c" };
  expect(await render('{% include "conf/a" %}', {}, files)).toBe("bc");
});

it("find nothing else: no file of this machine", async () => {
  for (const name of ["/etc/passwd", "../../../../../../etc/passwd", "./../../../../../../../etc/passwd"]) {
    expect(await problems(`{% include "${name}" %}`)).toEqual([
      `TEMPLATE_NOT_FOUND 1:1 there is no template "${name}" to include`,
    ]);
  }
  expect(await problems('{% render "l" %}', {}, { l: { link: "_DEPLOY_/x" } })).toEqual([
    "TEMPLATE_NOT_FOUND 1:1 tmpl/l is no text that can be included",
  ]);
  await expect(render('{% include "par" %}', {}, { part: "" })).rejects.toMatchObject({ hint: "Did you mean part?" });
  await expect(render('{% include "etc/a" %}', {}, { "_DEPLOY_/etc/a": "" })).rejects.toMatchObject({
    hint: "Did you mean _DEPLOY_/etc/a?",
  });
});

it("layouts with blocks work", async () => {
  const files = { frame: "<{% block body %}none{% endblock %}>" };
  expect(await render('{% layout "frame" %}{% block body %}{{ v }}{% endblock %}', { v: 1 }, files)).toBe("<1>");
});

it("render passes on only what it is given, and what is known everywhere", async () => {
  const files = { part: "{{ instance.a }}{{ b }}{{ own | default: 'no' }}" };
  expect(await render('{% assign own = 1 %}{% render "part", b: 2 %}', { instance: { a: 1 } }, files)).toBe("12no");
});

it("a list can be searched for what some of its items lack", async () => {
  const context = { version: "1", all: [{ name: "a", version: "1" }, { name: "b" }] };
  expect(await render('{{ all | where: "version", "1" | map: "name" | join }}', context)).toBe("a");
  expect(await render('{{ all | map: "version" | compact | size }}', context)).toBe("1");
});

it("what one file counts or sets is not seen by the next, nor by who handed it in", async () => {
  const context = Object.freeze({ n: 1, map: Object.freeze({ a: 1 }) });
  const files = { "_DEPLOY_/y": "{% increment n %}{{ set | default: 'no' }}" };
  const one = await layer({
    "_DEPLOY_/x": "{% increment n %}{% assign set = 1 %}{% assign map = 2 %}{{ n }}",
    ...files,
  });
  const { tree } = createRenderer(await readOverlay([one]));
  expect(await shown(await tree({ context, targets: [] }))).toEqual({ x: "01", y: "0no" });
  expect(context).toEqual({ n: 1, map: { a: 1 } });
});

it("one that cannot be read is told like any other problem", async () => {
  const one = await layer({
    "_DEPLOY_/x": "{{ nope }}",
    "_DEPLOY_/y": "y",
    "_DEPLOY_/z": '{% include "part" %}',
    part: "",
  });
  const overlay = await readOverlay([one]);
  await fs.rm(`${one.dir}/_DEPLOY_/y`);
  await fs.rm(`${one.dir}/part`);
  expect(await failures(createRenderer(overlay).tree({ context: {}, targets: [] }))).toEqual([
    "TEMPLATE_UNREADABLE tmpl/_DEPLOY_/y cannot be read: ENOENT",
    "TEMPLATE_UNKNOWN_VARIABLE 1:4 unknown variable nope",
    "TEMPLATE_UNREADABLE tmpl/_DEPLOY_/z:1:1 tmpl/part cannot be read: ENOENT",
  ]);
});
