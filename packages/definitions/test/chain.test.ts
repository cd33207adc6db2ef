import fs from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { listProjects } from "../src/index.ts";
import { problems, world } from "./world.ts";

const projects = "projects: { p: { repo: 'sources/p', targets: ['web'] } }";
const simple = (more: Record<string, string> = {}) => world({ "define/facsimile.json5": `{${projects}}`, ...more });

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
