import { parseInstance, parseProject } from "@facsimile/core";
import { conglomerateOf, resolve } from "@facsimile/definitions";
import { expect, it } from "vitest";
import { tellWarnings } from "./warnings.ts";

it("tells what projects share once, and an idle directive where it misses in all of them", async () => {
  const texts = new Map([
    ["define/facsimile.json5", "{ projects: { a: { repo: 'x' }, b: { repo: 'x' } }, hoem: 'x' }"],
    ["define/a.json5", "{ tags: ['t'] }"],
    ["define/dev.json5", "{ tags: { $remove: ['t'] },\n gone: { $delete: true } }"],
  ]);
  const conglomerate = conglomerateOf(texts, { root: "/shop" });
  const instance = parseInstance("dev");
  const definitions = await Promise.all(
    ["a", "b"].map((name) => resolve(conglomerate, { instance, project: parseProject(name) })),
  );
  const told: string[] = [];
  tellWarnings(definitions, { onEvent: (event) => told.push((event as { message: string }).message) });
  expect(told).toEqual([
    "define/dev.json5:2:8: DIRECTIVE_IDLE: $delete at gone finds nothing to work on",
    "define/facsimile.json5:1:53: SIMILAR_KEY: the key hoem is close to the well-known home",
  ]);
});
