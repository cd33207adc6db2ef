import { Secret } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { moduleContext } from "../src/index.ts";
import { problems, world } from "./world.ts";

const facsimile = "{ projects: { p: { repo: 'x' } } }";
const recorded = `[
 { name: "alpha", freeform: { main: { port: 1, host: "h" } }, service: { opts: { threads: 1 } } },
 { name: "beta", daemon: "betasrv", service: { name: "custom" } },
 { name: "gamma" },
]`;
const overlays = `{
  config: { alpha: { main: { port: 2 }, extra: { k: "v" } }, gamma: { main: { q: 1 } } },
  service: { alpha: { opts: { threads: 8 }, new: { z: 1 } }, gamma: { opts: { a: 1 } } },
}`;

const secrets = {
  password: (user: string) => new Secret(`pw-${user}`, `passwd/${user}`),
  uiid: (name: string) => name.length,
};

describe("modules", () => {
  it("are overlaid by config, service and modules; names and service names have their defaults", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": facsimile,
      "define/modules.json5": recorded,
      "define/beta.json5": overlays,
    });
    const { modules } = await resolve("beta");
    expect(
      Object.fromEntries(modules.map((module) => [module.key, { username: module.username, ...module.values }])),
    ).toEqual({
      alpha: {
        name: "alpha",
        username: "alpha",
        freeform: { main: { port: 2, host: "h" }, extra: { k: "v" } },
        service: { name: "alphad", opts: { threads: 8 }, new: { z: 1 } },
      },
      betasrv: { name: "beta", daemon: "betasrv", username: "betasrv", service: { name: "custom" } },
      gamma: {
        name: "gamma",
        username: "gamma",
        freeform: { main: { q: 1 } },
        service: { name: "gammad", opts: { a: 1 } },
      },
    });
  });

  it("merge by name over the source and define/, in the order of first mention", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": facsimile,
      "define/beta.json5": "{ modules: { a: { db: { port: 3 } } } }",
      "define/modules.json5": "[{ name: 'b', x: 1 }, { name: 'a', db: { port: 2, host: 'c' } }]",
      "src/config/facsimile/modules.yaml": "- name: a\n  db: {port: 1, name: n}\n",
    });
    const { modules, files } = await resolve("beta", { project: "p", source: "src" });
    expect(modules.map(({ values }) => values)).toEqual([
      { name: "a", db: { port: 3, name: "n", host: "c" } },
      { name: "b", x: 1 },
    ]);
    expect(files.slice(-2)).toEqual(["src/config/facsimile/modules.yaml", "define/modules.json5"]);
  });

  it("that nobody knows cannot be overlaid, once all files are read", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": facsimile,
      "define/modules.json5": recorded,
      "define/beta.json5":
        "{ config: {\n  nosuch: { x: 1 } },\n service: { gama: {} }, modules: { beta: {}, betasrv: {} } }",
    });
    expect(await problems(resolve("beta"))).toEqual([
      "UNKNOWN_MODULE define/beta.json5:3:13: service.gama is for a module that does not exist (Did you mean gamma?)",
      "UNKNOWN_MODULE define/beta.json5:2:3: config.nosuch is for a module that does not exist (Modules are alpha, beta, gamma, betasrv.)",
    ]);
    expect(await problems(resolve("beta", { project: "p" }))).toEqual([]);
  });

  it("may be overlaid by the daemon's name, as templates call them", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": facsimile,
      "define/modules.json5": recorded,
      "define/beta.json5": "{ service: { betasrv: { x: 1 } } }",
    });
    expect((await resolve("beta")).modules[1]?.values).toMatchObject({ service: { name: "custom", x: 1 } });
  });

  it("written wrongly are told with their places", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": facsimile,
      "define/beta.json5": "{}",
      "define/modules.json5": "[ 5,\n {},\n { name: 'a/b' },\n { name: 'x', daemon: '-x' },\n { name: 'x' } ]",
    });
    expect(await problems(resolve("beta"))).toEqual([
      "INVALID_VALUE define/modules.json5:1:3: a module is the number 5; expected a map with name",
      "INVALID_VALUE define/modules.json5:2:2: a module's name is missing; expected a text",
      'INVALID_VALUE define/modules.json5:3:10: "a/b" is not a name of a module: letters, digits, _ and -',
      "INVALID_VALUE define/modules.json5:4:23: module x: daemon is not a user name of A-Za-z0-9._@+-",
      "DUPLICATE_MODULE define/modules.json5:5:10: module x is in this file twice (Merge the two.)",
    ]);
    const other = await world({
      "define/facsimile.json5": "{}",
      "define/b.json5": "{}",
      "define/modules.yaml": "a: 1\n",
    });
    expect(await problems(other.resolve("b"))).toEqual([
      'INVALID_VALUE define/modules.yaml:1:1: holds a map; expected a list of modules (Write [{ name: "x" }].)',
    ]);
  });

  it("cannot change a map into something else by an overlay", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": "{}",
      "define/modules.json5": "[{ name: 'a', service: { opts: { x: 1 } } }]",
      "define/beta.json5": "{ service: { a: { opts: 5 } } }",
    });
    expect((await problems(resolve("beta")))[0]).toMatch(
      /^KIND_CONFLICT define\/beta\.json5:1:25: modules\.a\.service\.opts is the number 5 here, but a map at define\/modules\.json5:1:32/,
    );
  });
});

describe("modules that run", () => {
  const clones = `[{ name: "web", logical_name: "WEB", service: { x: {} } }, { name: "db", logical_name: "DB", service: {} }, { name: "lib", service: {} }]`;

  it("have daemons, as many as n_instances says", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": facsimile,
      "define/modules.json5": clones,
      "define/beta.json5": "{ modules: { web: { service: { n_instances: 3 } } } }",
    });
    const { modules } = await resolve("beta");
    expect(modules.map(({ daemons }) => daemons.map(({ name }) => name))).toEqual([
      ["webd.0", "webd.1", "webd.2"],
      ["dbd.0"],
      [],
    ]);
    expect(modules[0]?.daemons[1]).toEqual({ name: "webd.1", logicalName: "WEB", instanceName: "webd.1" });
  });

  it("are at most 255 in all", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": facsimile,
      "define/modules.json5": clones,
      "define/beta.json5": "{ modules: { web: { service: { n_instances: 255 } } } }",
      "define/good.json5": "{ modules: { web: { service: { n_instances: 254 } } } }",
      "define/bad.json5": "{ modules: { web: { service: { n_instances: -1 } } } }",
    });
    expect(await problems(resolve("beta"))).toEqual([
      "TOO_MANY_DAEMONS define/beta.json5:1:45: the modules run 256 times in all (web 255 times); at most 255 can, one for each uiid (Lower n_instances.)",
    ]);
    expect(await problems(resolve("good"))).toEqual([]);
    expect((await problems(resolve("bad")))[0]).toMatch(
      /^INVALID_VALUE define\/bad\.json5:1:45: module web: n_instances is -1/,
    );
  });

  it("tell the place in the file of modules where the number stands there", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": facsimile,
      "define/modules.json5": "[{ name: 'w', logical_name: 'W',\n  service: { n_instances: 300 } }]",
      "define/beta.json5": "{}",
    });
    expect((await problems(resolve("beta")))[0]).toMatch(/^TOO_MANY_DAEMONS define\/modules\.json5:2:27/);
  });
});

describe("what templates see as module", () => {
  it("is each module with user, password, sections and daemons, whose uiids they carry", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": facsimile,
      "define/beta.json5": "{}",
      "define/modules.json5":
        "[{ name: 'worker', logical_name: 'W', db: { port: 5 }, service: { n_instances: 2, q: 'x' } }, { name: 'reports', daemon: 'rep' }]",
    });
    const asked: string[] = [];
    const { modules } = await resolve("beta");
    const context = moduleContext(modules, {
      password(user) {
        asked.push(user);
        return secrets.password(user);
      },
      uiid(name) {
        asked.push(name);
        return Number(name.at(-1)) + 7;
      },
    }) as Record<string, { password: Secret; daemons: unknown[]; [key: string]: unknown }>;
    expect(asked).toEqual(["worker", "workerd.0", "workerd.1", "rep"]);
    expect(Object.keys(context)).toEqual(["worker", "rep"]);
    expect(context["worker"]).toMatchObject({
      username: "worker",
      db: { port: 5 },
      service: { name: "workerd", q: "x" },
    });
    expect(context["worker"]?.password.reveal()).toBe("pw-worker");
    const daemon = context["workerd.1"];
    expect(daemon?.["service"]).toEqual({
      n_instances: 2,
      name: "workerd",
      q: "x",
      uiid: 8,
      logical_name: "W",
      instance_name: "workerd.1",
    });
    expect(daemon?.["db"]).toEqual({ port: 5 });
    expect(context["worker"]?.daemons[1]).toBe(daemon);
    expect(context["reports"]).toBe(context["rep"]);
    expect(Object.isFrozen(context)).toBe(true);
  });

  it("keeps both modules that share a user, by their names", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": facsimile,
      "define/beta.json5": "{}",
      "define/modules.json5": "[{ name: 'one' }, { name: 'dup', daemon: 'one' }]",
    });
    const { modules } = await resolve("beta");
    const context = moduleContext(modules, secrets) as Record<string, { username: string }>;
    expect(Object.entries(context).map(([key, { username }]) => [key, username])).toEqual([
      ["one", "one"],
      ["dup", "one"],
    ]);
  });

  it("follows a host's view", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": facsimile,
      "define/beta.json5": "{ deploy: { nodes: { web: ['a', 'b'] } }, '@host:b': { config: { m: { x: 2 } } } }",
      "define/modules.json5": "[{ name: 'm', freeform: { x: 1 } }]",
    });
    const { modulesOf, hosts, modules } = await resolve("beta");
    expect(hosts.map((host) => modulesOf(host)[0]?.values["freeform"])).toEqual([{ x: 1 }, { x: 2 }]);
    expect(modulesOf(hosts[0] as never)).toBe(modules);
  });

  it("takes every directive in its overlays, from each layer", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": "{ modules: { m: { tags: { $append: ['b'] } } } }",
      "define/beta.json5":
        "{ config: { m: { x: { $delete: true } } }, modules: { m: { tags: { $remove: ['a'] }, service: { $replace: 'off' } } } }",
      "define/gamma.json5": "{ modules: { m: { $delete: true } } }",
      "define/modules.json5":
        "[{ name: 'm', tags: ['a'], freeform: { x: 1, y: 2 }, service: { z: 1 } }, { name: 'n' }]",
    });
    const { modules, warnings } = await resolve("beta");
    expect(modules[0]?.values).toEqual({ name: "m", tags: ["b"], freeform: { y: 2 }, service: "off" });
    expect(warnings).toEqual([]);
    expect((await resolve("gamma")).modules.map(({ name }) => name)).toEqual(["n"]);
  });

  it("knows where each value comes from, through files and overlays", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": "{ home: 'shop' }",
      "define/beta.json5": "{ service: { workerd: {\n threads: 4 } } }",
      "define/modules.json5": "[{ name: 'w', daemon: 'workerd',\n service: { threads: 1, log: '${home}/log' } }]",
    });
    const { origin, modules } = await resolve("beta");
    expect(modules[0]?.values["service"]).toMatchObject({ threads: 4, log: "shop/log" });
    expect(origin(["modules", "w", "service", "threads"])).toMatchObject({
      layer: "define/beta.json5",
      position: { line: 2, column: 11 },
      overrode: [{ layer: "define/modules.json5", value: 1, position: { line: 2, column: 22 } }],
    });
  });
});
