import fs from "node:fs/promises";
import path from "node:path";
import { parsePath } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { findConglomerate, listInstances, listProjects } from "../src/index.ts";
import { problems, world } from "./world.ts";

const projects = "projects: { p: { repo: 'sources/p', targets: ['web'] } }";
const simple = (more: Record<string, string> = {}) => world({ "define/facsimile.json5": `{${projects}}`, ...more });

describe("finding a conglomerate", () => {
  it("goes up from a folder within it", async () => {
    const { root } = await simple({ "tmpl/_ALL_/deep/x": "" });
    expect(await findConglomerate(path.join(root, "tmpl/_ALL_/deep"))).toEqual({
      root,
      define: path.join(root, "define"),
    });
  });

  it("needs define/facsimile.*: another define/ on the way is passed", async () => {
    const { root } = await simple({ "lib/define/other.json5": "{}" });
    expect((await findConglomerate(path.join(root, "lib/define"))).root).toBe(root);
  });

  it("says what to do where there is none", async () => {
    expect(await problems(findConglomerate("/"))).toEqual([
      "NO_CONGLOMERATE no definitions found in / or above: no define/facsimile.json5 (Go into the definitions repository, name it with --root DIR, or make one: facs init DIR)",
    ]);
  });

  it("lists projects and instances, and no stray files", async () => {
    const names = ["p", "beta", "dev", "dev.dev0", "modules", "schema", "local", "local.robin", "a b", ".hidden"];
    const { conglomerate } = await simple(Object.fromEntries(names.map((name) => [`define/${name}.yaml`, "{}"])));
    expect(await listProjects(conglomerate)).toEqual(["p"]);
    expect((await listInstances(conglomerate)).map(({ full }) => full)).toEqual([
      "beta",
      "dev",
      "dev.dev0",
      "local.robin",
    ]);
  });
});

describe("unknown names are refused, never given the defaults", () => {
  it("an instance without a file", async () => {
    const { resolve } = await simple({ "define/production.json5": "{}", "define/beta.json5": "{}" });
    expect(await problems(resolve("prodction"))).toEqual([
      "UNKNOWN_INSTANCE there is no instance prodction: no file defines it (Did you mean production?)",
    ]);
    expect(await problems(resolve("gamma"))).toEqual([
      "UNKNOWN_INSTANCE there is no instance gamma: no file defines it (Instances are beta, production.)",
    ]);
  });

  it("a subinstance whose last part has no file, though its first has", async () => {
    const { resolve } = await simple({ "define/dev.json5": "{}", "define/dev.dev0.json5": "{}" });
    expect(await problems(resolve("dev.dev1"))).toEqual([
      "UNKNOWN_INSTANCE there is no instance dev.dev1: no file defines it (Did you mean dev.dev0?)",
    ]);
  });

  it("a project, also one that has the name of an instance", async () => {
    const { resolve } = await simple({ "define/beta.json5": "{}" });
    expect(await problems(resolve("beta", { project: "q" }))).toEqual([
      "UNKNOWN_PROJECT there is no project q (Did you mean p?)",
    ]);
    expect((await problems(resolve("beta", { project: "beta" })))[0]).toMatch(/^UNKNOWN_PROJECT/);
  });

  it("a reserved name, or a project, as an instance", async () => {
    const { resolve } = await simple({
      "define/p.json5": "{}",
      "define/modules.json5": "[]",
      "define/local.robin.json5": "{}",
    });
    expect((await problems(resolve("modules")))[0]).toContain(
      "there is no instance modules: the name modules is reserved",
    );
    expect((await problems(resolve("p")))[0]).toContain("there is no instance p: p is a project");
    expect((await problems(resolve("local")))[0]).toContain("the name local is reserved");
    expect((await resolve("local.robin")).instance.full).toBe("local.robin");
  });
});

describe("the chain", () => {
  it("is facsimile, project, each part of the instance; in the source first, then in define/", async () => {
    const layer = (name: string) => `{ who: "${name}", order: { $append: ["${name}"] } }`;
    const { resolve } = await world({
      "define/facsimile.json5": `{ ${projects}, order: ["facsimile"] }`,
      "define/p.json5": layer("p"),
      "define/a.json5": layer("a"),
      "define/b.json5": layer("b"),
      "define/a.b.c.json5": layer("a.b.c"),
      "src/config/facsimile/facsimile.json5": layer("source facsimile"),
      "src/config/facsimile/p.yaml": layer("source p"),
      "src/config/facsimile/a.json": JSON.stringify({ order: { $append: ["source a"] } }),
      "src/config/install.json5": layer("install"),
      "define/other.json5": "{ this is broken, and not in the chain",
    });
    const definition = await resolve("a.b.c", { project: "p", source: "src", set: ['who="set"'] });
    expect(definition.values["order"]).toEqual(["facsimile", "p", "a", "b", "a.b.c", "install"]);
    expect(definition.values["who"]).toBe("set");
    expect(definition.files).toEqual([
      "src/config/facsimile/facsimile.json5",
      "src/config/facsimile/p.yaml",
      "src/config/facsimile/a.json",
      "define/facsimile.json5",
      "define/p.json5",
      "define/a.json5",
      "define/b.json5",
      "define/a.b.c.json5",
      "src/config/install.json5",
    ]);
    expect((await resolve("a.b.c", { project: "p" })).files).not.toContain("src/config/install.json5");
  });

  it("merges as recorded of the Python tool, but refuses a change between map and other kinds", async () => {
    const { resolve } = await world({
      "define/facsimile.json": JSON.stringify({
        projects: { p: { repo: "sources/p" } },
        home: "home",
        deploy: { user: "root", nodes: { web: ["127.1.0.1"] } },
        s: "base",
        d: { a: 1, b: { x: 1, y: 2 } },
        l: [1, 2, 3],
        sd: "scalar",
        ds: { k: 1 },
        n: { k: 1 },
        keep: true,
      }),
      "define/p.json": '{"s": "project", "d": {"b": {"y": 3, "z": 4}}, "fromproj": 1}',
      "define/eu.json":
        '{"s": "eu", "l": [9], "sd": {"$replace": {"now": "dict"}}, "ds": {"$replace": "now scalar"}, "n": null}',
      "define/eu1.json": '{"d": {"b": {"x": null}}, "s": "eu1"}',
      "define/eu2.json": '{"sd": {"now": "dict"},\n "ds": "now scalar"}',
    });
    const { values } = await resolve("eu.eu1", { project: "p" });
    expect(values).toMatchObject({
      d: { a: 1, b: { x: null, y: 3, z: 4 } },
      deploy: { nodes: { web: ["127.1.0.1"] }, user: "root" },
      ds: "now scalar",
      fromproj: 1,
      home: "home",
      keep: true,
      l: [9],
      n: null,
      s: "eu1",
      sd: { now: "dict" },
    });
    expect(await problems(resolve("eu2", { project: "p" }))).toEqual([
      expect.stringMatching(
        /^KIND_CONFLICT define\/eu2\.json:1:8: sd is a map here, but a string at define\/facsimile\.json:1:\d+ \(Write \{\$replace/,
      ),
      expect.stringMatching(
        /^KIND_CONFLICT define\/eu2\.json:2:8: ds is a string here, but a map at define\/facsimile\.json:1:\d+ /,
      ),
    ]);
  });

  it("refuses one layer in two formats, and a short beside a long name", async () => {
    const { resolve } = await simple({
      "define/beta.json": "{}",
      "define/beta.yaml": "",
      "define/dev.json5": "{}",
      "define/dev0.json5": "{}",
      "define/dev.dev0.json5": "{}",
    });
    expect(await problems(resolve("beta"))).toEqual([
      "LAYER_TWICE the layer beta is written in two formats: define/beta.json and define/beta.yaml (Keep one of the files.)",
    ]);
    expect(await problems(resolve("dev.dev0"))).toEqual([
      "LAYER_TWICE dev.dev0 is defined by its long and its short name: define/dev.dev0.json5 and define/dev0.json5 (Keep define/dev.dev0.json5, or rename the other.)",
    ]);
  });

  it("takes a source's single file, whose `instances` are the layers", async () => {
    const { resolve } = await simple({
      "define/beta.json5": "{ x: 1 }",
      "src/config/facsimile.json5": "{ y: 1, instances: { beta: { y: 2, z: 3,\n  home: 'x' }, other: { y: 9 } } }",
      "good/config/facsimile.json5": "{ y: 1, instances: { beta: { y: 2, z: 3 } } }",
    });
    const definition = await resolve("beta", { project: "p", source: "good" });
    expect(definition.values).toMatchObject({ x: 1, y: 2, z: 3 });
    expect(definition.values).not.toHaveProperty("instances");
    expect(await problems(resolve("beta", { project: "p", source: "src" }))).toEqual([
      expect.stringMatching(
        /^KEY_NOT_ALLOWED src\/config\/facsimile\.json5:2:3: a source's own definitions cannot set home/,
      ),
    ]);
  });

  it("lets a source define everything where the conglomerate says so", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": "{ projects: { p: { repo: 'x', definitions: 'source' } } }",
      "src/config/facsimile/facsimile.yaml": "home: shop\ndeploy: {nodes: {web: [w1]}}\n",
      "src/config/facsimile/beta.yaml": "deploy: {user: shop}\n",
    });
    const { hosts } = await resolve("beta", { project: "p", source: "src" });
    expect(hosts).toEqual([{ name: "w1", address: "w1", user: "shop", system: "linux", targets: ["web"] }]);
    expect((await resolve("beta", { project: "p" })).values.home).toBeUndefined();
    expect((await problems(resolve("gamma", { project: "p", source: "src" })))[0]).toMatch(/^UNKNOWN_INSTANCE/);
  });

  it("understands the Python tool's facsimile.components", async () => {
    const { resolve, conglomerate } = await world({
      "define/facsimile.json": '{"facsimile": {"components": {"p": {"repo": "x", "nope": 1}}}}',
      "define/beta.json": "{}",
      "define/gamma.json": '{"facsimile": {"components": {"p": {"nope": {"$delete": true}}}}}',
    });
    expect(await listProjects(conglomerate)).toEqual(["p"]);
    expect((await resolve("gamma", { project: "p" })).values.projects).toEqual({ p: { repo: "x" } });
    expect((await problems(resolve("beta", { project: "p" })))[0]).toContain(
      "UNKNOWN_KEY define/facsimile.json:1:50: there is no key projects.p.nope",
    );
  });

  it("reads a file again when it changed", async () => {
    const { resolve, root } = await simple({ "define/beta.json5": "{ x: 1 }" });
    expect((await resolve("beta")).values["x"]).toBe(1);
    await fs.writeFile(path.join(root, "define/beta.json5"), "{ x: 20 }");
    expect((await resolve("beta")).values["x"]).toBe(20);
  });
});

describe("extends", () => {
  it("loads parents first, each once, also by path", async () => {
    const { resolve } = await simple({
      "define/beta.json5": "{ extends: ['base', './common/x'], order: { $append: ['beta'] } }",
      "define/base.json5": "{ extends: './common/root.yaml', order: { $append: ['base'] } }",
      "define/common/x.json5": "{ extends: './root', order: { $append: ['x'] } }",
      "define/common/root.yaml": "order: [root]\n",
    });
    const definition = await resolve("beta");
    expect(definition.values["order"]).toEqual(["root", "base", "x", "beta"]);
    expect(definition.values).not.toHaveProperty("extends");
  });

  it("shows every hop of a cycle", async () => {
    const { resolve } = await simple({
      "define/beta.json5": "{\n  extends: ['base'] }",
      "define/base.json5": "{ extends: 'deep' }",
      "define/deep.json5": "{ a: 1,\n extends: ['base'] }",
    });
    expect(await problems(resolve("beta"))).toEqual([
      "EXTENDS_CYCLE define/deep.json5:2:12: layers extend each other: define/base.json5:1:12 → define/deep.json5:2:12 → define/base.json5 (Take one of these extends out.)",
    ]);
  });

  it("stays within its own folder and names what is there", async () => {
    const { resolve } = await simple({
      "define/a.json5": "{ extends: '../../etc/x' }",
      "define/b.json5": "{ extends: 'bas' }",
      "define/c.json5": "{ extends: [5] }",
      "define/base.json5": "{}",
    });
    expect((await problems(resolve("a")))[0]).toMatch(/^EXTENDS_(?:OUTSIDE|UNKNOWN) define\/a\.json5:1:12: extends/);
    expect(await problems(resolve("b"))).toEqual([
      'EXTENDS_UNKNOWN define/b.json5:1:12: extends "bas": there is no such layer (Did you mean base?)',
    ]);
    expect((await problems(resolve("c")))[0]).toContain("define/c.json5:1:13: extends holds something else than names");
  });
});

describe("keys that a layer may not set", () => {
  it("are told with their places, all at once", async () => {
    const { resolve } = await simple({
      "define/p.json5":
        "{ versions: { p: '1' },\n  deploy: { policy: 'rolling', user: 'x' },\n  '@target:web': { hosts: {} } }",
      "define/beta.json5": "{ '@region:eu': { deploy: { nodes: { web: ['x'] } },\n '@host:a': {} } }",
    });
    const found = await problems(resolve("beta", { project: "p" }));
    expect(found.map((each) => each.split(" (")[0])).toEqual([
      "KEY_NOT_ALLOWED define/p.json5:1:3: a project's layer cannot set versions",
      "KEY_NOT_ALLOWED define/p.json5:2:13: a project's layer cannot set deploy.policy",
      "KEY_NOT_ALLOWED define/p.json5:3:20: a project's layer cannot set hosts",
      "KEY_NOT_ALLOWED define/p.json5:3:20: a view cannot set hosts",
      "KEY_NOT_ALLOWED define/beta.json5:1:29: a view cannot set deploy.nodes",
      "BAD_VIEW define/beta.json5:2:2: the view @host:a stands inside another view",
    ]);
  });
});

describe("views", () => {
  const fleet = `{ ${projects}, home: 'x',
    deploy: { user: 'all', nodes: { web: ['w1', 'w2', 'w3'], db: ['w3', 'd1'] } },
    hosts: { w1: { region: 'eu', port: 22 }, w2: { region: 'eu' }, w3: { region: 'us', system: 'darwin', user: 'own', down: 'disk' } } }`.replace(
    "['web']",
    "['web', 'db']",
  );

  it("apply after their own file's body, in the order system, region, target, host", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": fleet,
      "define/beta.json5": `{ o: ['body'], who: 'body',
        '@host:w3': { o: { $append: ['host'] } }, '@target:db': { o: { $append: ['db'] } }, '@target:web': { o: { $append: ['web'] } },
        '@region:us': { o: { $append: ['us'] }, who: 'us' }, '@system:darwin': { o: { $append: ['darwin'] } } }`,
      "define/beta.x.json5": "{ who: 'x' }",
    });
    const { view, hosts, values } = await resolve("beta.x", { project: "p" });
    const of = (name: string) => view(hosts.find((host) => host.name === name) ?? fail(name));
    expect(of("w3")["o"]).toEqual(["body", "darwin", "us", "web", "db", "host"]);
    expect(of("w3")["who"]).toBe("x");
    expect(of("d1")["o"]).toEqual(["body", "db"]);
    expect(values["o"]).toEqual(["body"]);
    expect((await resolve("beta.x", { project: "p", system: "darwin" })).values["o"]).toEqual(["body", "darwin"]);
  });

  it("are the identical object for hosts that see the same, and frozen", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": fleet,
      "define/beta.json5": "{ a: {}, '@region:eu': { a: { b: 1 } }, '@host:d1': { a: { b: 1 } } }",
    });
    const { view, hosts, values } = await resolve("beta", { project: "p" });
    const [w1, w2, w3, d1] = hosts.map(view);
    expect(w1).toBe(w2);
    expect(w1).toBe(d1);
    expect(w3).toBe(values);
    expect(() => Object.assign(w1 as object, { x: 1 })).toThrow(TypeError);
    expect(() => ((w1?.["a"] as { b: number }).b = 2)).toThrow(TypeError);
  });

  it("give hosts what deploy.nodes and hosts say", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": fleet,
      "define/beta.json5": "{ '@region:eu': { deploy: { user: 'euro' } } }",
    });
    expect((await resolve("beta", { project: "p" })).hosts).toEqual([
      { name: "w1", address: "w1", port: 22, user: "euro", region: "eu", system: "linux", targets: ["web"] },
      { name: "w2", address: "w2", user: "euro", region: "eu", system: "linux", targets: ["web"] },
      { name: "w3", address: "w3", user: "own", region: "us", system: "darwin", targets: ["web", "db"], down: "disk" },
      { name: "d1", address: "d1", user: "all", system: "linux", targets: ["db"] },
    ]);
  });

  it("tell what is wrong in them", async () => {
    const { resolve } = await world({
      "define/facsimile.json5": fleet,
      "define/beta.json5": "{ '@regoin:eu': {},\n '@region:eu': { home: '/' },\n '@host:w2': 5, '@region:ue': {} }",
      "define/good.json5": "{ '@host:w11': {}, '@region:mars': {} }",
    });
    expect(await problems(resolve("beta", { project: "p" }))).toEqual([
      'BAD_VIEW define/beta.json5:1:3: "@regoin:eu" is not a view (Write "@region:…".)',
      "BAD_VIEW define/beta.json5:3:2: @host:w2 holds no map of values",
      expect.stringMatching(/^INVALID_VALUE define\/beta\.json5:2:24: home is "\/"; expected a folder/),
    ]);
    expect((await resolve("good", { project: "p" })).warnings).toEqual([
      expect.objectContaining({ code: "VIEW_UNUSED", hint: 'Did you mean "@host:w1"?' }),
    ]);
  });
});

describe("a local instance", () => {
  it("has one host, with all the project's targets", async () => {
    const { resolve } = await simple({
      "define/dev.json5": "{ home: '${env:HOME}/x', deploy: { nodes: { web: [] } } }",
    });
    const definition = await resolve("dev", { project: "p", system: "darwin", env: { HOME: "/home/r" } });
    expect(definition.local).toBe(true);
    expect(definition.hosts).toEqual([{ name: "local", address: "127.0.0.1", system: "darwin", targets: ["web"] }]);
    expect(definition.values.home).toBe("/home/r/x");
  });

  it("may say its address", async () => {
    const { resolve } = await simple({ "define/dev.json5": "{ hosts: { local: { address: '127.0.0.9' } } }" });
    expect((await resolve("dev")).hosts[0]?.address).toBe("127.0.0.9");
  });
});

describe("origin", () => {
  it("tells who set a value and what it overrode, deepest first", async () => {
    const { resolve } = await simple({
      "define/p.json5": "{ deploy: { user: 'p' } }",
      "define/beta.json5": "{\n  deploy: {\n    user: 'beta',\n  },\n  '@host:local': { x: 1 },\n}",
    });
    const { origin, hosts } = await resolve("beta", { project: "p", set: ["deploy.user=me"] });
    expect(origin(parsePath("deploy.user"))).toEqual({
      layer: "--set deploy.user=me",
      position: undefined,
      value: "me",
      overrode: [
        {
          layer: "define/beta.json5",
          position: { file: "define/beta.json5", line: 3, column: 11, length: 6 },
          value: "beta",
          overrode: [],
        },
        {
          layer: "define/p.json5",
          position: { file: "define/p.json5", line: 1, column: 19, length: 3 },
          value: "p",
          overrode: [],
        },
      ],
    });
    expect(origin(["deploy", "keep"])).toMatchObject({ layer: "defaults", position: undefined, value: 5 });
    expect(origin(["nope"])).toBeUndefined();
    expect(origin(["x"])).toBeUndefined();
    expect(origin(["x"], hosts[0])).toMatchObject({ value: 1, position: { line: 5 } });
  });

  it("follows lists and directives", async () => {
    const { resolve } = await simple({
      "define/a.json5": "{ l: ['x'], m: { k: 1 } }",
      "define/a.b.json5": "{ l: { $append: ['y'] }, m: { $replace: { k: 2 } } }",
    });
    const { origin } = await resolve("a.b");
    expect(origin(["l", "1"])).toMatchObject({ value: "y", position: { file: "define/a.b.json5", column: 6 } });
    expect(origin(["m", "k"])).toMatchObject({ value: 2, overrode: [{ value: 1 }] });
  });
});

describe("--set", () => {
  it("takes JSON5, else a text; versions are always texts", async () => {
    const { resolve } = await simple({ "define/beta.json5": "{}" });
    const { values } = await resolve("beta", {
      set: ["a.b=5", "c={d: [1]}", 'e="5"', "f=some words", "versions.p=1.10", 'hosts."db1.eu".port=5', "g="],
    });
    expect(values).toMatchObject({
      a: { b: 5 },
      c: { d: [1] },
      e: "5",
      f: "some words",
      versions: { p: "1.10" },
      hosts: { "db1.eu": { port: 5 } },
      g: "",
    });
  });

  it("is refused without a path or with a dangerous one", async () => {
    const { resolve } = await simple({ "define/beta.json5": "{}" });
    expect((await problems(resolve("beta", { set: ["home"] })))[0]).toBe(
      'BAD_SET --set home: there is no "=" (Write --set path=value.)',
    );
    expect((await problems(resolve("beta", { set: ["__proto__.x=1"] })))[0]).toMatch(/^BAD_SET/);
    expect((await problems(resolve("beta", { set: ["a..b=1"] })))[0]).toMatch(/^BAD_PATH/);
  });
});

function fail(what: string): never {
  throw new Error(`no ${what}`);
}
