import fs from "node:fs/promises";
import path from "node:path";
import { parseInstance, parseProject } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import { conglomerateOf, findConglomerate, listInstances, listProjects, resolve } from "../src/index.ts";
import { problems, world } from "./world.ts";

const SINGLE = `{
  projects: { shop: { repo: ".", targets: ["web"] } },
  home: "shop",
  modules: [{ name: "worker", service: { threads: 1 } }],
  instances: {
    beta: { banner: "beta", service: { worker: { threads: 2 } } },
    "dev.dev0": { extends: "beta", banner: "dev0" },
    dev: { debug: true },
  },
}`;

describe("a source repository that carries its own definitions", () => {
  it("has them in one file, whose instances are the layers", async () => {
    const { root } = await world({ "config/facsimile.json5": SINGLE, "src/deep/x": "" });
    const found = await findConglomerate(path.join(root, "src/deep"));
    expect(found).toEqual({
      root,
      define: path.join(root, "config"),
      own: path.join(root, "config/facsimile"),
      work: path.join(root, ".facsimile"),
    });
    expect((await listInstances(found)).map(({ full }) => full)).toEqual(["beta", "dev", "dev.dev0"]);
    expect(await listProjects(found)).toEqual(["shop"]);
    const { values, origin, modules } = await resolve(found, { instance: parseInstance("dev.dev0") });
    expect(values).toMatchObject({ banner: "dev0", debug: true, home: "shop" });
    expect(origin(["banner"])).toMatchObject({
      layer: "config/facsimile.json5 (instances.dev.dev0)",
      position: { line: 7 },
      overrode: [{ value: "beta" }],
    });
    expect(modules[0]?.values).toMatchObject({ service: { threads: 2 } });
  });

  it("has them in a folder, with its own schema", async () => {
    const { root } = await world({
      "config/facsimile/facsimile.yaml": "projects: {shop: {repo: .}}\n",
      "config/facsimile/beta.json": '{ "n": "x" }',
      "config/facsimile/schema.json5": "{ properties: { n: { type: 'number' } } }",
      "config/facsimile/tmpl/_ALL_/x": "",
    });
    const found = await findConglomerate(path.join(root, "config/facsimile/tmpl"));
    expect(found.root).toBe(root);
    const [wrong] = await problems(resolve(found, { instance: parseInstance("beta") }));
    expect(wrong).toMatch(/^INVALID_VALUE config\/facsimile\/beta\.json:1:8: n is "x"/);
  });

  it("is read from the checkout of a version alone, where it may set everything", async () => {
    const { root } = await world({
      "config/facsimile.json5": SINGLE,
      "SRC/config/facsimile.json5": SINGLE.replace('banner: "beta"', 'banner: "older", protected: true'),
    });
    const found = await findConglomerate(root);
    const options = { instance: parseInstance("beta"), project: parseProject("shop"), source: path.join(root, "SRC") };
    const { values, files } = await resolve(found, options);
    expect(values).toMatchObject({ banner: "older", protected: true });
    expect(files).toEqual(["SRC/config/facsimile.json5"]);
  });

  it("is meant from its checkouts too, also while what lies there carries no definitions itself", async () => {
    const checkout = ".facsimile/SRC/shop-1/config/facsimile.json5";
    const { root } = await world({ "config/facsimile.json5": SINGLE, [checkout]: SINGLE });
    const from = path.join(root, path.dirname(checkout));
    expect((await findConglomerate(from)).root).toBe(root);
    await fs.rm(path.join(root, "config"), { recursive: true });
    expect((await problems(findConglomerate(from)))[0]).toMatch(/^NO_CONGLOMERATE/);
  });

  it("is none without projects: what lies there belongs to another's definitions", async () => {
    const { root } = await world({
      "define/facsimile.json5": "{ projects: { shop: { repo: 'x' } } }",
      "SRC/shop-1/config/facsimile/facsimile.json5": "{ install: { groups: [] } }",
    });
    expect((await findConglomerate(path.join(root, "SRC/shop-1"))).root).toBe(root);
  });

  it("refuses a layer that is no map, at its place", async () => {
    const { root } = await world({
      "config/facsimile.json5": "{ projects: { p: { repo: '.' } }, instances: {\n beta: 5 } }",
    });
    const found = await findConglomerate(root);
    expect(await problems(resolve(found, { instance: parseInstance("beta") }))).toEqual([
      "NOT_A_MAP config/facsimile.json5:2:8: holds the number 5; expected a map of keys and values (Write { key: value }.)",
    ]);
  });
});

describe("definitions of texts in memory", () => {
  const texts = new Map([
    ["define/facsimile.json5", "{ projects: { shop: { repo: 'x' } }, a: 1 }"],
    ["define/base/common.json5", "{ b: 2 }"],
    ["define/staging.json5", "{ extends: './base/common' }"],
  ]);

  it("resolve as files do, and nothing on disk is read", async () => {
    const conglomerate = conglomerateOf(texts, { root: "/nowhere" });
    const { values, files } = await resolve(conglomerate, { instance: parseInstance("staging") });
    expect(values).toMatchObject({ a: 1, b: 2 });
    expect(files).toEqual(["define/facsimile.json5", "define/base/common.json5", "define/staging.json5"]);
  });

  it("need a define/facsimile.*", async () => {
    expect(await problems(Promise.resolve().then(() => conglomerateOf(new Map(), { root: "/x" })))).toEqual([
      "NO_CONGLOMERATE there are no definitions: no define/facsimile.json5 (Hand in every file below define/.)",
    ]);
  });
});
