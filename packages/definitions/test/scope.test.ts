import { isFacsimileError, parseInstance, problemsOf } from "@facsimile/core";
import { expect, it } from "vitest";
import { type Conglomerate, resolve, scopeOf } from "../src/index.ts";
import { world } from "./world.ts";

const projects = "projects: { p: { repo: 'x' } }";

async function both(conglomerate: Conglomerate, name: string, set: readonly string[] = []) {
  const options = { instance: parseInstance(name), set };
  const asked = [scopeOf(conglomerate, options), resolve(conglomerate, options).then(({ scope }) => scope)];
  return Promise.all(asked.map((each) => each.catch((error: unknown) => (isFacsimileError(error) ? problemsOf(error).map(({ code }) => code) : error)))); // biome-ignore format: one line
}

it("is what the whole definition says", async () => {
  const { conglomerate } = await world({
    "define/facsimile.json5": `{ ${projects} }`,
    "define/dev.json5": "{}",
    "define/dev.own.json5": "{ state: { scope: 'own' } }",
    "define/dev.live.json5": "{ name: 'live', state: { scope: '${name}' } }",
    "define/dev.taken.json5": "{ state: { $replace: { scope: 'x.y' } } }",
    "define/dev.given.json5": "{}",
  });
  const names = ["dev", "dev.own", "dev.live", "dev.taken"];
  const found = await Promise.all(names.map((name) => both(conglomerate, name)));
  expect(found).toEqual([
    ["dev", "dev"],
    ["dev.own", "dev.own"],
    ["live", "live"],
    ["x.y", "x.y"],
  ]);
  expect(await both(conglomerate, "dev.given", ["state.scope=z"])).toEqual(["z", "z"]);
});

it("is refused where it is wrong, and needs nothing else to be right", async () => {
  const { conglomerate } = await world({
    "define/facsimile.json5": `{ ${projects} }`,
    "define/a.json5": "{ state: { scope: '../x' } }",
    "define/b.json5": "{ state: { scope: 3 } }",
    "define/c.json5": "{ '@host:x': { state: { scope: 'y' } } }",
    "define/d.json5": "{ state: 1 }",
    "define/e.json5": "{ deploy: { keep: 'many' } }",
  });
  const found = await Promise.all(["a", "b", "c", "d", "nobody"].map((name) => both(conglomerate, name)));
  expect(found.map(([one]) => one)).toEqual([["INVALID_VALUE"], ["INVALID_VALUE"], ["KEY_NOT_ALLOWED"], ["INVALID_VALUE"], ["UNKNOWN_INSTANCE"]]); // biome-ignore format: one line
  expect(found.filter(([one, other]) => JSON.stringify(one) !== JSON.stringify(other))).toEqual([]);
  expect(await both(conglomerate, "e")).toEqual(["e", ["INVALID_VALUE"]]);
});
