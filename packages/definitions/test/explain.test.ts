import path from "node:path";
import { formatPath, parseInstance, parsePath, parseProject } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { type Explanation, explain, type Origin, type Value } from "../src/index.ts";
import { problems, type World, world } from "./world.ts";

const projects = "projects: { p: { repo: 'sources/p', targets: ['web', 'db'] } }";

interface Asked {
  readonly instance?: string;
  readonly project?: string;
  readonly set?: readonly string[];
  readonly host?: string;
  readonly target?: string;
  readonly region?: string;
  readonly source?: string;
}

async function asked({ now, root }: World, key: string, { instance = "beta", project, source, ...more }: Asked = {}) {
  return explain(await now(), {
    instance: parseInstance(instance),
    ...(project === undefined ? {} : { project: parseProject(project) }),
    ...(source === undefined ? {} : { source: path.join(root, source) }),
    ...(key === "" ? {} : { path: parsePath(key) }),
    checkouts: path.join(root, "SRC"),
    ...more,
  });
}

const text = (value: Value | undefined) => (value === undefined ? "taken out" : JSON.stringify(value));

function row({ layer, view, position, value }: Origin): string {
  return `${position === undefined ? layer : `${position.file}:${position.line}`}${view === undefined ? "" : ` ${view}`} ${text(value)}`;
}

/** `path = value`, then where from, strongest first; then `uses`, then who sees another value. */
function told({ leaves }: Explanation): readonly string[] {
  return leaves.flatMap(({ path, value, origin, uses, elsewhere }) => [
    `${formatPath(path)} = ${text(value)}`,
    ...(origin === undefined ? [] : [origin, ...origin.overrode].map((each) => `  ${row(each)}`)),
    ...uses.map((used) => `  with ${formatPath(used.path)} = ${text(used.value)}`),
    ...elsewhere.map((each) => `  ${each.view} sees ${text(each.value)}${each.origin ? ` ${row(each.origin)}` : ""}`),
  ]);
}

describe("explain", () => {
  it("tells which layer set a value and what that overrode, strongest first", async () => {
    const made = await world({
      "define/facsimile.json5": `{ ${projects},\n  deploy: { user: "nobody" } }`,
      "define/p.json5": '{ deploy: {\n    user: "p" } }',
      "define/beta.json5": '{ deploy: { user: "beta" } }',
      "define/beta.x.json5": "{}",
    });
    const ask = { instance: "beta.x", project: "p" };
    expect(told(await asked(made, "deploy.user", ask))).toEqual([
      'deploy.user = "beta"',
      '  define/beta.json5:1 "beta"',
      '  define/p.json5:2 "p"',
      '  define/facsimile.json5:2 "nobody"',
    ]);
    expect(told(await asked(made, "deploy.user", { ...ask, set: ["deploy.user=me"] }))[1]).toBe(
      '  --set deploy.user "me"',
    );
    expect(told(await asked(made, "deploy.keep", ask))).toEqual(["deploy.keep = 5", "  defaults 5"]);
  });

  it("shows a value as it is, how it was written, and what it is made of", async () => {
    const made = await world({
      "define/facsimile.json5": `{ ${projects}, home: "srv", base: "\${home}/x", list: ["\${base}", "\${home}", 1],
        map: { deep: { a: 1, b: 2 } }, copy: "\${map.deep}", plain: "$\${home}" }`,
      "define/beta.json5": '{ home: "beta" }',
    });
    expect(told(await asked(made, "base"))).toEqual([
      'base = "beta/x"',
      '  define/facsimile.json5:1 "${home}/x"',
      '  with home = "beta"',
    ]);
    expect(told(await asked(made, "list"))).toEqual([
      'list = ["beta/x","beta",1]',
      '  define/facsimile.json5:1 ["${base}","${home}",1]',
      '  with base = "beta/x"',
      '  with home = "beta"',
    ]);
    expect(told(await asked(made, "list.0"))[0]).toBe('list.0 = "beta/x"');
    expect(told(await asked(made, "copy"))).toEqual([
      'copy = {"a":1,"b":2}',
      '  define/facsimile.json5:2 "${map.deep}"',
      '  with map.deep = {"a":1,"b":2}',
    ]);
    expect(told(await asked(made, "copy.b")).slice(0, 2)).toEqual([
      "copy.b = 2",
      '  define/facsimile.json5:2 "${map.deep}"',
    ]);
    expect(told(await asked(made, "plain"))).toEqual(['plain = "${home}"', '  define/facsimile.json5:2 "$${home}"']);
  });

  it("shows a list after each layer that changed it", async () => {
    const made = await world({
      "define/facsimile.json5": `{ ${projects}, l: ["a", "b"] }`,
      "define/p.json5": '{ l: { $append: ["c"] } }',
      "define/beta.json5": '{ l: { $remove: ["a"] } }',
    });
    expect(told(await asked(made, "l", { project: "p" }))).toEqual([
      'l = ["b","c"]',
      '  define/beta.json5:1 ["b","c"]',
      '  define/p.json5:1 ["a","b","c"]',
      '  define/facsimile.json5:1 ["a","b"]',
    ]);
  });

  it("explains every leaf beneath a map, and says what was taken out there", async () => {
    const made = await world({
      "define/facsimile.json5": `{ ${projects}, m: { a: 1, gone: { x: 1, y: 2 }, e: {}, l: [1] }, old: 5 }`,
      "define/beta.json5":
        "{ m: { a: 2, gone: { $delete: true }, s: { $secret: 'db/root' } }, old: { $delete: true } }",
    });
    expect(told(await asked(made, "m"))).toEqual([
      "m.a = 2",
      "  define/beta.json5:1 2",
      "  define/facsimile.json5:1 1",
      "m.e = {}",
      "  define/facsimile.json5:1 {}",
      "m.l = [1]",
      "  define/facsimile.json5:1 [1]",
      'm.s = {"$secret":"db/root"}',
      '  define/beta.json5:1 {"$secret":"db/root"}',
      "m.gone = taken out",
      "  define/beta.json5:1 taken out",
      '  define/facsimile.json5:1 {"x":1,"y":2}',
    ]);
    expect(told(await asked(made, "old"))).toEqual([
      "old = taken out",
      "  define/beta.json5:1 taken out",
      "  define/facsimile.json5:1 5",
    ]);
    expect(told(await asked(made, "m.gone.x"))).toEqual([
      "m.gone.x = taken out",
      "  define/beta.json5:1 taken out",
      "  define/facsimile.json5:1 1",
    ]);
  });
});
