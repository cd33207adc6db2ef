import fs from "node:fs";
import Module from "node:module";
import path from "node:path";
import { parseInstance, parseProject } from "@facsimile/core";
import { expect, it, vi } from "vitest";
import { findConglomerate, resolve } from "../src/index.ts";
import { world } from "./world.ts";

it("resolving one instance opens the files of its chain, each once, however many there are", async () => {
  const others = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`define/other${n}.json5`, "{}"]));
  const { root } = await world({
    ...others,
    "define/facsimile.json5": "{ projects: { p: { repo: 'x' }, q: { repo: 'x' } } }",
    "define/p.json5": "{}",
    "define/q.json5": "{}",
    "define/modules.json5": "[]",
    "define/dev.json5": "{ deploy: { nodes: { web: ['a', 'b'] } }, '@host:a': { x: 1 } }",
    "define/dev.x.json5": "{}",
  });
  const conglomerate = await findConglomerate(root);
  const read = vi.spyOn(fs, "openSync");
  const options = { instance: parseInstance("dev.x"), project: parseProject("p") };
  await resolve(conglomerate, options);
  const opened = () =>
    read.mock.calls.map(([file]) => path.relative(root, String(file))).filter((file) => file.startsWith("define"));
  const chain = ["facsimile", "p", "dev", "dev.x", "modules"].map((name) => `define/${name}.json5`);
  expect(opened().sort()).toEqual(chain.sort());
  await resolve(conglomerate, options);
  await resolve(conglomerate, { ...options, project: parseProject("q") });
  expect(opened().sort()).toEqual([...chain, "define/q.json5"].sort());
  read.mockRestore();
});

it("a parser is loaded for the first file that needs it, and none for positions", async () => {
  const { resolve } = await world({
    "define/facsimile.json5": "{}",
    "define/dev.json5": "{ a: 1, b: 'plain', /* as most files */ }",
    "define/odd.json5": "{ a: .5 }",
    "define/yam.yaml": "a: 1\n",
  });
  const load = vi.spyOn(Module as unknown as { _load(name: string): unknown }, "_load");
  const loaded = () => [...new Set(load.mock.calls.map(([name]) => name))].filter((name) => /json5|^yaml$/.test(name));
  const definition = await resolve("dev");
  expect(definition.origin(["a"])?.position?.column).toBe(6);
  expect(loaded()).toEqual([]);
  expect((await resolve("odd")).values["a"]).toBe(0.5);
  expect(loaded()).toEqual(["json5"]);
  await resolve("yam");
  expect(loaded()).toEqual(["json5", "yaml"]);
  load.mockRestore();
});
