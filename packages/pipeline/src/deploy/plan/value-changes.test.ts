import { parseInstance, parseProject } from "@facsimile/core";
import { conglomerateOf, type Definition, resolve } from "@facsimile/definitions";
import { expect, it } from "vitest";
import { joinedChanges, valueChanges } from "./value-changes.ts";

const FIRST = `{ projects: { shop: { repo: "shop", targets: ["web"] } }, regions: { eu: {}, us: {} }, home: "shop" }`;

function definition(staging: string): Promise<Definition> {
  const texts = new Map([["define/facsimile.json5", FIRST], ["define/staging.json5", staging]]); // biome-ignore format: one line
  return resolve(conglomerateOf(texts, { root: "/none" }), { instance: parseInstance("staging"), project: parseProject("shop") }); // biome-ignore format: one line
}

const staging = (more: string, web = `"w1", "w2"`) => `{
  versions: { shop: "1" }, deploy: { nodes: { web: [${web}] } },
  hosts: { w1: { region: "eu" }, w2: { region: "us" }, w3: { region: "us" } },
  ${more}
}`;

async function changes(before: string, after: string) {
  const [then, now] = [await definition(before), await definition(after)];
  return valueChanges(then, { now, project: "shop" }).map(({ path, from, to, hosts, position }) => ({ path, from, to, hosts, line: position?.line })); // biome-ignore format: one line
}

it("tells a value that all hosts see change once, with the place that sets it now", async () => {
  expect(await changes(staging(`banner: "a"`), staging(`banner: "b"`))).toEqual([
    { path: "banner", from: "a", to: "b", hosts: undefined, line: 4 },
  ]);
});

it("names the hosts where a view alone changed, and those that still see the old value are none of them", async () => {
  const before = staging(`banner: "a"`);
  const after = staging(`banner: "a", "@region:us": { banner: "b" }`);
  expect(await changes(before, after)).toEqual([{ path: "banner", from: "a", to: "b", hosts: ["w2"], line: 4 }]);
});

it("tells what comes and what goes, hides secrets in clear, and leaves versions to the plan", async () => {
  const before = staging(`gone: 1, password: "hunter2"`).replace('shop: "1"', 'shop: "0"');
  expect(await changes(before, staging(`came: 2, password: "hunter3"`))).toEqual([
    { path: "gone", from: 1, to: undefined, hosts: undefined, line: 4 },
    { path: "password", from: "[hidden]", to: "[hidden]", hosts: undefined, line: 4 },
    { path: "came", from: undefined, to: 2, hosts: undefined, line: 4 },
  ]);
});

it("compares what hosts of both see when a host is new", async () => {
  const found = await changes(staging(`banner: "a"`), staging(`banner: "b"`, `"w1", "w2", "w3"`));
  expect(found.map(({ path, hosts }) => [path, hosts])).toEqual([
    ["deploy.nodes.web", undefined],
    ["banner", undefined],
  ]);
});

it("joins what several projects see change alike", () => {
  const change = { path: "banner", from: "a", to: "b", layer: "l" };
  const joined = joinedChanges([
    { ...change, projects: ["shop"] },
    { ...change, projects: ["ledger"] },
  ]);
  expect(joined).toEqual([{ ...change, projects: ["shop", "ledger"] }]);
});
