import { Secret } from "@facsimile/core";
import { expect, it } from "vitest";
import type { Tree } from "../src/index.ts";
import { problems, render, renderer, show } from "./world.ts";

const context = {
  module: { db: { user: "shop", password: new Secret("hunter2", "passwd/db") }, list: [new Secret("x1", "passwd/x")] },
  token: new Secret("t0k3n", "secrets/token"),
};

function secretsOf(tree: Tree): Record<string, readonly string[]> {
  return Object.fromEntries([...tree].flatMap(([path, node]) => (node.type === "file" ? [[path, node.secrets]] : [])));
}

it("are known per file, and make its mode 0600", async () => {
  const { tree } = await renderer({
    "_DEPLOY_/both": "{{ token }} {{ module.db.password | upcase }}",
    "_DEPLOY_/none": "{{ module.db.user }}",
    "_DEPLOY_/plain": "x",
    "_DEPLOY_/tested":
      "{% if token %}yes{% endif %}{% unless token %}no{% endunless %}{% if token != blank %}!{% endif %}",
    "_DEPLOY_/run": { content: "{% include 'part' %}", mode: 0o755 },
    part: "{% for m in module %}{% if m[0] == 'db' %}{{ m[1].password }}{% endif %}{% endfor %}",
  });
  const nodes = await tree({ context, targets: [] });
  expect(secretsOf(nodes)).toEqual({
    both: ["passwd/db", "secrets/token"],
    none: [],
    plain: [],
    run: ["passwd/db"],
    tested: [],
  });
  expect(await show(nodes.get("both"))).toBe("t0k3n HUNTER2");
  expect(await show(nodes.get("tested"))).toBe("yes!");
  expect(await show(nodes.get("run"))).toBe("hunter2");
  expect(["both", "none", "run"].map((path) => (nodes.get(path) as { mode: number }).mode)).toEqual([
    0o600, 0o644, 0o600,
  ]);
});

it("are not printed within a map, only where the leaf itself is asked for", async () => {
  expect(await render("{{ module.db | json }}", context)).toBe('{"user":"shop","password":"[secret]"}');
  expect(await render("{{ module | inspect }}", context)).not.toContain("hunter2");
  expect(await render("{{ module.db.password | json }}", context)).toBe('"hunter2"');
  expect(await render("{{ module.db | yaml }}", context)).toBe('user: shop\npassword: "[secret]"');
  expect(await render("{{ module.db | pairs | json }}", context)).not.toContain("hunter2");
  expect(await render("{{ module.db.password | yaml }}", context)).toBe("hunter2");
  expect(await render("{{ module.list | join }}|{{ module.list | first }}", context)).toBe("x1|x1");
});

it("pass through assign, capture and parameters to where they are printed", async () => {
  const { tree } = await renderer({
    "_DEPLOY_/a": "{% assign t = token %}{% render 'part', t: t %}",
    "_DEPLOY_/b": "{% capture c %}{{ token }}{% endcapture %}{{ c }}",
    "_DEPLOY_/c": "{% assign t = token %}",
    part: "{{ t }}",
  });
  expect(secretsOf(await tree({ context, targets: [] }))).toEqual({
    a: ["secrets/token"],
    b: ["secrets/token"],
    c: [],
  });
});

it("cannot be compared, which would silently be false, nor looked into", async () => {
  expect(await problems('{% if token == "t0k3n" %}{% endif %}', context)).toEqual([
    "TEMPLATE_VALUE 1:1 a secret cannot be compared",
  ]);
  const branches = '{% case token %}{% when "t0k3n" %}{% endcase %}{% case "x" %}{% when token %}{% endcase %}';
  expect(await problems(branches, context)).toEqual([
    "TEMPLATE_VALUE 1:1 a secret cannot be compared",
    "TEMPLATE_VALUE 1:48 a secret cannot be compared",
  ]);
  expect(await render("{% case token %}{% when nil %}none{% else %}some{% endcase %}", context)).toBe("some");
  const list = { ...context, users: [context.module.db, { user: "x", password: new Secret("y", "passwd/y") }] };
  for (const filter of ['where: "password", "hunter2"', 'find: "password", "y"', 'has: "password", "y"', 'sort: "password"', 'group_by: "password"']) // biome-ignore format: a list
    expect(await problems(`{% assign x = users | ${filter} %}`, list), filter).toEqual([
      "TEMPLATE_VALUE 1:1 a secret cannot be compared",
    ]);
  expect(await problems("{{ module.list | uniq | size }}", context)).toHaveLength(1);
  expect(await render('{{ users | where: "password" | map: "user" | join: " " }}', list)).toBe("shop x");
  expect(await render('{{ users | where: "user", "x" | size }}', list)).toBe("1");
  expect(await problems("{{ token.name }}", context)).toEqual([
    "TEMPLATE_UNKNOWN_VARIABLE 1:4 unknown variable token.name",
  ]);
});
