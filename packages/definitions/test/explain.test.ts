import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { formatPath, parseInstance, parsePath, parseProject } from "@facsimile/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conglomerateOf, type Explanation, explain, leavesOf, type Origin, resolve, type Value, type ValueMap } from "../src/index.ts"; // biome-ignore format: one line
import { valueAt } from "../src/value.ts";
import { sound, wild } from "./arbitrary.ts";
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
    expect(
      told(
        await asked(
          await world({
            "define/facsimile.json5": `{ ${projects}, m: { a: 1 } }`,
            "define/beta.json5": "{ m: { a: { $delete: true } } }",
          }),
          "m",
        ),
      ).filter((line) => !line.startsWith(" ")),
    ).toEqual(["m = {}", "m.a = taken out"]);
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

describe("views", () => {
  const fleet = `projects: { p: { repo: 'x', targets: ['web', 'db'] }, q: { repo: 'x', targets: ['db'] } }, home: "all",
    deploy: { nodes: { db: ["w2", "d1"], web: ["w1", "w2"] } },
    hosts: { w1: { region: "eu" }, w2: { region: "us" }, d1: { region: "us", system: "darwin" } }`;

  it("name the block that made the difference; without a host, all who see another value are told", async () => {
    const made = await world({
      "define/facsimile.json5": `{ ${fleet}, currency: "EUR",
        etc: "\${home}/etc",
        "@region:us": { currency: "USD", home: "us" },
        "@region:mars": { currency: "MAR" },
        "@host:d1": { only: 1 },
        "@system:darwin": { currency: "APL" } }`,
      "define/beta.json5": "{}",
      "define/strong.json5": '{ currency: "CHF" }',
    });
    expect(told(await asked(made, "currency"))).toEqual([
      'currency = "EUR"',
      '  define/facsimile.json5:3 "EUR"',
      '  @system:darwin sees "APL" define/facsimile.json5:8 @system:darwin "APL"',
      '  @region:us sees "USD" define/facsimile.json5:5 @region:us "USD"',
    ]);
    expect(told(await asked(made, "currency", { region: "us" }))).toEqual([
      'currency = "USD"',
      '  define/facsimile.json5:5 @region:us "USD"',
      '  define/facsimile.json5:3 "EUR"',
    ]);
    expect(told(await asked(made, "currency", { host: "d1" }))).toEqual([
      'currency = "USD"',
      '  define/facsimile.json5:5 @region:us "USD"',
      '  define/facsimile.json5:8 @system:darwin "APL"',
      '  define/facsimile.json5:3 "EUR"',
    ]);
    expect(told(await asked(made, "currency", { instance: "strong" }))).toEqual([
      'currency = "CHF"',
      '  define/strong.json5:1 "CHF"',
      '  define/facsimile.json5:3 "EUR"',
    ]);
    expect(told(await asked(made, "etc"))).toEqual([
      'etc = "all/etc"',
      '  define/facsimile.json5:4 "${home}/etc"',
      '  with home = "all"',
      '  @region:us sees "us/etc" define/facsimile.json5:4 "${home}/etc"',
    ]);
    expect(told(await asked(made, "only"))).toEqual([
      "only = taken out",
      "  @host:d1 sees 1 define/facsimile.json5:7 @host:d1 1",
    ]);
  });

  it("are what a host's view is, value by value, for every host and project", async () => {
    const made = await world({
      "define/facsimile.json5": `{ ${fleet}, l: [] }`,
      "define/beta.json5": `{ who: "all", "@target:web": { l: { $append: ["web"] }, who: "web" },
        "@target:db": { l: { $append: ["db"] }, who: "db" }, "@region:us": { l: { $append: ["us"] } },
        "@host:w2": { l: { $append: ["w2"] } }, "@system:darwin": { l: { $append: ["darwin"] } } }`,
      "define/dev.json5":
        '{ deploy: { nodes: { $delete: true } }, "@target:db": { l: ["db"] }, "@host:local": { h: 1 } }',
    });
    const seen = new Set<string>();
    const check = async (instance: string, more: { project?: string }) => {
      const { hosts, view } = await made.resolve(instance, more);
      for (const [host, key] of hosts.flatMap((each) => ["l", "who", "h"].map((own) => [each, own] as const))) {
        const { leaves } = await asked(made, key, { instance, ...more, host: host.name });
        expect(leaves[0]?.value).toEqual(view(host)[key]);
        seen.add(JSON.stringify(leaves[0]?.value));
      }
    };
    for (const instance of ["beta", "dev"])
      for (const more of [{}, { project: "p" }, { project: "q" }]) await check(instance, more);
    expect([...seen]).toContain('["us","web","db","w2"]');
    expect(seen.size).toBeGreaterThan(6);
  });

  it("may be of a host without a target here, and of one target and region", async () => {
    const made = await world({
      "define/facsimile.json5": `{ ${fleet} }`,
      "define/beta.json5": '{ x: 0, "@region:eu": { x: 1 }, "@target:web": { x: 2 } }',
    });
    expect(told(await asked(made, "x", { project: "q", host: "w1" }))[0]).toBe("x = 1");
    expect(told(await asked(made, "x", { target: "db", region: "eu" }))[0]).toBe("x = 1");
    expect(told(await asked(made, "x", { target: "web", region: "eu" }))[0]).toBe("x = 2");
  });

  it("of nobody are an error with the nearest name", async () => {
    const made = await world({ "define/facsimile.json5": `{ ${fleet} }`, "define/beta.json5": "{}", "define/dev.json5": "{ deploy: { nodes: { $delete: true } }, hosts: { $delete: true } }" }); // biome-ignore format: one line
    expect(await problems(asked(made, "home", { host: "w3" }))).toEqual([
      "UNKNOWN_HOST there is no host w3 (Did you mean w2?)",
    ]);
    expect(await problems(asked(made, "home", { target: "wbe" }))).toEqual([
      "UNKNOWN_TARGET there is no target wbe (Did you mean web?)",
    ]);
    expect(await problems(asked(made, "home", { region: "x" }))).toEqual([
      "UNKNOWN_REGION there is no region x (There are eu, us.)",
    ]);
    expect(await problems(asked(made, "home", { instance: "dev", host: "w1" }))).toEqual([
      "UNKNOWN_HOST there is no host w1 (There are local.)",
    ]);
    expect(await problems(asked(made, "home", { instance: "dev", region: "eu" }))).toEqual([
      "UNKNOWN_REGION there is no region eu (The instance has no regions.)",
    ]);
  });
});

describe("what is not set", () => {
  it("is an error that guesses, and says where layers were looked for", async () => {
    const made = await world({
      "define/facsimile.json5": `{ ${projects}, currency: "EUR" }`,
      "define/modules.json5": "[]",
      "define/beta.x.json5": "{}",
    });
    const { missing, leaves } = await asked(made, "curency", { instance: "beta.x", project: "p" });
    expect(leaves).toEqual([]);
    expect(missing).toMatchObject({ code: "NOT_SET", message: "curency is not set in beta.x, p" });
    expect(missing?.hint?.split("\n")).toEqual([
      "Did you mean currency?",
      "Looked in, strongest first:",
      "  define/beta.x.json5",
      "  define/beta.json5 (not there)",
      "  define/p.json5 (not there)",
      "  define/facsimile.json5",
      "  define/modules.json5",
      "  defaults",
    ]);
    expect((await asked(made, "nope", { instance: "beta.x", target: "web" })).missing?.message).toBe(
      "nope is not set in beta.x, target web",
    );
  });

  it("may be set by a project that was not asked for", async () => {
    const made = await world({
      "define/facsimile.json5": "{ projects: { p: { repo: 'x' }, q: { repo: 'x' }, r: { repo: 'x' } } }",
      "define/base.json5": "{ banner: 'base' }",
      "define/p.json5": "{ extends: 'base' }",
      "define/q.json5": '{ "@region:eu": { banner: "eu" } }',
      "define/r.json5": "{ this is broken, and no matter",
      "define/beta.json5": "{}",
    });
    const { missing, projects } = await asked(made, "banner");
    expect(projects).toEqual(["p", "q"]);
    expect(missing?.hint).toMatch(/^p sets it for itself: facs explain beta p banner\nq sets it/);
    expect((await asked(made, "banner", { project: "p" })).projects).toEqual([]);
  });

  it("never was set where the only layer that names it takes it out", async () => {
    const made = await world({
      "define/facsimile.json5": `{ ${projects}, s: 1, n: null, f: false, e: "", z: 0 }`,
      "define/beta.json5": "{ x: { $delete: true }, s: { $replace: { a: 1 } } }",
    });
    expect((await asked(made, "x")).missing?.code).toBe("NOT_SET");
    expect((await asked(made, "n.a")).missing?.code).toBe("NOT_SET");
    expect(told(await asked(made, "s.a"))).toEqual(["s.a = 1", "  define/beta.json5:1 1", "  define/facsimile.json5:1 taken out"]); // biome-ignore format: one line
    for (const [key, value] of [["n", "null"], ["f", "false"], ["e", '""'], ["z", "0"]] as const) {
      expect(told(await asked(made, key))[0]).toBe(`${key} = ${value}`);
    } // biome-ignore format: a table
  });
});

describe("modules", () => {
  const files = {
    "define/facsimile.json5": `{ ${projects}, currency: "EUR" }`,
    "define/modules.json5": '[{ name: "worker", daemon: "work", logical_name: "W", service: { queue: "q" } }, { name: "a", daemon: "both" }, { name: "b", daemon: "both" }, { name: "workd" }]',
    "define/beta.json5": "{ service: { work: { queue: 'beta' } }, config: { worker: { x: 1 } } }",
  }; // biome-ignore format: a list

  it("are called as templates call them", async () => {
    const made = await world(files);
    const queue = [
      'modules.worker.service.queue = "beta"',
      '  define/beta.json5:1 "beta"',
      '  define/modules.json5:1 "q"',
    ];
    for (const key of ["modules.worker.service.queue", "module.work.service.queue", "module.worker.service.queue", 'module."workerd.0".service.queue', 'module."workd.3".service.queue']) {
      expect(told(await asked(made, key))).toEqual(queue);
    } // biome-ignore format: a list
    expect(told(await asked(made, "module.workd.name"))).toEqual([
      'modules.workd.name = "workd"',
      '  define/modules.json5:1 "workd"',
    ]);
    expect(told(await asked(made, "module.b.name"))[0]).toBe('modules.b.name = "b"');
    expect(told(await asked(made, "instance.currency"))[0]).toBe('currency = "EUR"');
  });

  it("have what no definition sets", async () => {
    const made = await world(files);
    const hint = async (key: string) => (await asked(made, key)).missing?.hint?.split("\n")[0];
    expect(await hint("module.work.password")).toBe("The password of a module is made by facs and kept in the state.");
    expect(await hint("module.work.username")).toBe("The user name of a module is its daemon, else its name.");
    expect(await hint("module.work.daemons.0")).toMatch(/n_instances/);
    expect(await hint('module."workerd.0".service.uiid')).toMatch(/kept in the state/);
    expect((await asked(made, "module.both.name")).missing?.message).toBe("module.both.name is not set in beta");
    expect((await asked(made, "module.nobody.name")).missing?.message).toBe("module.nobody.name is not set in beta");
  });

  it("keys of the user's own by these names win", async () => {
    const made = await world({ ...files, "define/beta.json5": "{ module: { work: { a: 1 } }, instance: { b: 2 } }" });
    expect(told(await asked(made, "module.work.a"))[0]).toBe("module.work.a = 1");
    expect(told(await asked(made, "instance.b"))[0]).toBe("instance.b = 2");
  });
});

describe("secrets", () => {
  it("in clear are never shown: not by their layers, not by --set, not through references", async () => {
    const made = await world({
      "define/facsimile.json5": `{ ${projects}, db: { password: "hunter1", user: "u" }, url: "pg://\${db.user}:\${db.password}@h" }`,
      "define/beta.json5": '{ db: { password: "hunter2" }, "@region:eu": { db: { password: "hunter3" } }, hosts: { h: { region: "eu" } } }',
    }); // biome-ignore format: one line
    const whole = await asked(made, "", { set: ["db.password=hunter4"] });
    expect(JSON.stringify(whole)).not.toContain("hunter");
    expect(told(await asked(made, "url"))).toEqual([
      'url = "[hidden]"',
      '  define/facsimile.json5:1 "pg://${db.user}:${db.password}@h"',
      '  with db.user = "u"',
      '  with db.password = "[hidden]"',
      '  @region:eu sees "[hidden]" define/facsimile.json5:1 "pg://${db.user}:${db.password}@h"',
    ]);
  });

  it("are also what the user's schema calls so", async () => {
    const made = await world({
      "define/facsimile.json5": `{ ${projects} }`,
      "define/schema.json5": '{ properties: { pin: { type: "integer", secret: true }, greeting: { default: "hi" } } }',
      "define/beta.json5": "{ pin: 4711 }",
    });
    expect(told(await asked(made, "pin", { set: ["pin=815"] }))).toEqual([
      'pin = "[hidden]"',
      '  --set pin "[hidden]"',
      '  define/beta.json5:1 "[hidden]"',
    ]);
    expect(told(await asked(made, "greeting"))).toEqual(['greeting = "hi"', '  define/schema.json5:1 "hi"']);
  });
});

describe("layers", () => {
  const seen = ({ layers }: Explanation) =>
    layers.map(({ name, role, found, isParent, sets, views }) =>
      [found ? (sets ? "+" : " ") : "-", isParent ? `parent of ${role}` : role, name, ...views].join(" "),
    );

  it("are all that were looked for, weakest first: parents, modules, blocks that apply, what is missing", async () => {
    const made = await world({
      "define/facsimile.json5": `{ ${projects}, '@region:eu': { x: 1 }, '@region:us': {} }`,
      "define/modules.json5": "[]",
      "define/schema.json5": "{}",
      "define/common/base.json5": "{ x: 2 }",
      "define/beta.json5":
        "{ extends: './common/base', hosts: { w: { region: 'eu' } }, deploy: { nodes: { web: ['w'] } } }",
      "define/c.json5": "{}",
    });
    const ask = { instance: "beta.b.c", project: "p", host: "w", set: ["x=5", "y=1"] };
    expect(seen(await asked(made, "x", ask))).toEqual([
      "  defaults define/schema.json5",
      "  defaults defaults",
      "  modules define/modules.json5",
      "+ base define/facsimile.json5 @region:eu",
      "- project define/p.json5",
      "+ parent of instance define/common/base.json5",
      "  instance define/beta.json5",
      "- instance define/beta.b.json5 or define/b.json5",
      "  instance define/c.json5",
      "+ set --set x",
      "  set --set y",
    ]);
  });

  it("hold the source's own where its checkout is there, in the version of the instance", async () => {
    const made = await world({
      "define/facsimile.json5": "{ projects: { p: { repo: 'x', path: 'sub' }, q: { repo: 'x' } } }",
      "define/beta.json5": "{ versions: { p: 'v/1' } }",
      "SRC/p-v~1/sub/config/facsimile/facsimile.json5": "{ x: 'source' }",
      "SRC/p-v~1/sub/config/install.yaml": "x: install",
    });
    const explained = await asked(made, "x", { project: "p" });
    expect(explained.source).toEqual({ folder: "SRC/p-v~1/sub", found: true, isWhole: false });
    expect(told(explained)).toEqual([
      'x = "install"',
      '  SRC/p-v~1/sub/config/install.yaml:1 "install"',
      '  SRC/p-v~1/sub/config/facsimile/facsimile.json5:1 "source"',
    ]);
    expect(seen(explained)).toContain("- instance SRC/p-v~1/sub/config/facsimile/beta.json5");
    const other = await asked(made, "home", { project: "p", set: ["versions.p=2"] });
    expect(other.source).toEqual({ folder: "SRC/p-2/sub", found: false, isWhole: false });
    expect((await asked(made, "home", { project: "q" })).source).toBeUndefined();
    expect((await asked(made, "home")).source).toBeUndefined();
  });

  it("of a repository that carries its own definitions are those of the checkout, where it is there", async () => {
    const files = { "config/facsimile.json5": "{ projects: { p: { repo: '.' } }, versions: { p: '1' }, x: 'tree', instances: { beta: {} } }" }; // biome-ignore format: one line
    expect(told(await asked(await world(files), "x", { project: "p" }))).toEqual([
      'x = "tree"',
      '  config/facsimile.json5:1 "tree"',
    ]);
    const made = await world({
      ...files,
      "SRC/p-1/config/facsimile.json5": "{ projects: { p: {} }, instances: { beta: { x: 'tag' } } }",
    });
    const explained = await asked(made, "x", { project: "p" });
    expect(told(explained)).toEqual(['x = "tag"', '  SRC/p-1/config/facsimile.json5:1 "tag"']);
    expect(seen(explained).at(-1)).toBe("+ instance SRC/p-1/config/facsimile.json5 (instances.beta)");
  });
});

describe("a definition that is wrong", () => {
  it("is explained all the same; what is wrong is told beside", async () => {
    const made = await world({
      "define/facsimile.json5": `{ ${projects}, m: { a: 1 }, deploy: { nodes: "web", user: 5 }, hosts: 7, regions: [], x: "\${nope}" }`,
      "define/beta.json5": "{ m: 'text', l: { $apend: [] }, deploy: { keep: 'many' }, '@regin:x': {} }",
    });
    const { problems: found, ...explained } = await asked(made, "deploy", { project: "p" });
    expect(told({ ...explained, problems: found })).toContain('deploy.keep = "many"');
    expect(found.map(({ code }) => code).sort()).toEqual([
      "BAD_DIRECTIVE",
      "BAD_VIEW",
      "INTERPOLATION",
      "KIND_CONFLICT",
    ]);
    expect(told(await asked(made, "x"))).toEqual([
      'x = ""',
      '  define/facsimile.json5:1 "${nope}"',
      "  with nope = taken out",
    ]);
    expect(told(await asked(made, "m"))).toEqual(["m = \"text\"", '  define/beta.json5:1 "text"', '  define/facsimile.json5:1 {"a":1}']); // biome-ignore format: one line
  });

  it("that refers to itself in a circle ends", async () => {
    const made = await world({
      "define/facsimile.json5": `{ ${projects}, a: "\${b}", b: "\${a}", c: "\${c}", d: { e: "\${d}" } }`,
      "define/beta.json5": "{ '@region:eu': { a: 1 }, hosts: { h: { region: 'eu' } } }",
    });
    for (const key of ["a", "c", "d", "d.e.e.e"]) expect((await asked(made, key)).problems.length).toBeGreaterThan(0);
  });

  it("has no such instance, project or file: the errors of resolve()", async () => {
    const made = await world({
      "define/facsimile.json5": `{ ${projects} }`,
      "define/beta.json5": "{}",
      "define/bad.json5": "{",
    });
    expect(await problems(asked(made, "x", { instance: "beat" }))).toEqual([
      "UNKNOWN_INSTANCE there is no instance beat: no file defines it (Did you mean beta?)",
    ]);
    expect((await problems(asked(made, "x", { project: "o" })))[0]).toMatch(/^UNKNOWN_PROJECT/);
    expect((await problems(asked(made, "x", { instance: "bad" })))[0]).toMatch(/^FILE_SYNTAX/);
  });
});

describe("for all layers, whatever they hold", () => {
  const conglomerate = (layers: readonly ValueMap[]) => {
    const [weak = {}, strong = {}, view = {}] = layers.map((own) => ({ own }));
    const base = { projects: { p: {} }, deploy: { nodes: { web: ["h"] } }, ...weak };
    const texts = { "define/facsimile.json": base, "define/beta.json": { ...strong, "@host:h": view } };
    return conglomerateOf(new Map(Object.entries(texts).map(([file, body]) => [file, JSON.stringify(body)])), {
      root: "/r",
    });
  };
  const beta = { instance: parseInstance("beta") };
  const threeLayers = (map: fc.Arbitrary<ValueMap>) => fc.tuple(map, map, map);

  it("the leaves are those of the resolved values, in their order, each with the layer that set it", async () => {
    await fc.assert(
      fc.asyncProperty(threeLayers(sound.map), fc.constantFrom(undefined, "h"), async (layers, host) => {
        const definition = await resolve(conglomerate(layers), beta);
        const values = host === undefined ? definition.values : definition.view(definition.hosts[0] as never);
        const { leaves } = await explain(conglomerate(layers), { ...beta, host, path: ["own"] });
        const set = leaves.filter(({ value }) => value !== undefined);
        expect(set.map(({ path: at, value }) => ({ path: at, value }))).toStrictEqual(
          leavesOf({ own: values["own"] as Value }).filter(({ value }) => value !== undefined),
        );
        const origin = ({ path: at }: { path: readonly string[] }) =>
          definition.origin(at, host === undefined ? undefined : definition.hosts[0]);
        expect(set.map((leaf) => leaf.origin)).toStrictEqual(set.map(origin));
      }),
      { numRuns: 150 },
    );
  });

  it("who sees another value is told, and what that is", async () => {
    await fc.assert(
      fc.asyncProperty(threeLayers(sound.map), async (layers) => {
        const { values, view, hosts } = await resolve(conglomerate(layers), beta);
        const seen = view(hosts[0] as never);
        const { leaves } = await explain(conglomerate(layers), { ...beta, path: ["own"] });
        for (const { path: at, elsewhere } of leaves) {
          const [mine, theirs] = [values, seen].map((each) => valueAt(each as unknown as Value, at));
          const expected = isDeepStrictEqual(mine, theirs) ? [] : [theirs];
          expect(elsewhere.map(({ value }) => value)).toStrictEqual(expected);
        }
        const differ = leaves.some(({ elsewhere }) => elsewhere.length > 0);
        expect(differ).toBe(!isDeepStrictEqual(values["own"], seen["own"]));
      }),
      { numRuns: 150 },
    );
  });

  it("it ends without another error than those of the files, and shows no directive as a key", async () => {
    await fc.assert(
      fc.asyncProperty(threeLayers(wild.map), async (layers) => {
        const { leaves } = await explain(conglomerate(layers), beta);
        const keys = leaves.flatMap((leaf) => leaf.path).filter((key) => key.startsWith("$"));
        expect(JSON.stringify(layers).includes("$literal") ? [] : keys).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
