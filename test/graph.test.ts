import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { badImports, circles, declaredEdges, GRAPH, longFiles, longFunctions, worldUses } from "./lib/rules.ts";
import { ROOT, readJson, readPackages } from "./lib/sources.ts";

const packages = readPackages();
const rootDependencies = Object.keys(readJson(join(ROOT, "package.json"))["devDependencies"] as object);

test("every package is in the graph, and every package of the graph is there", () => {
  expect(packages.map(({ folder }) => folder).sort()).toEqual(Object.keys(GRAPH).sort());
});

test("package.json files declare no edge outside the graph", () => {
  expect(packages.flatMap(declaredEdges)).toEqual([]);
});

test("sources import what is declared, along the graph; only tests import testing", () => {
  expect(packages.flatMap((pack) => badImports(pack, rootDependencies))).toEqual([]);
});

test("no file imports itself by way of others", () => {
  expect(packages.flatMap(circles)).toEqual([]);
});

test("libraries have no console, no process and no clock of their own", () => {
  expect(packages.flatMap(worldUses)).toEqual([]);
});

test("no source file and no function is longer than a reader can hold", () => {
  expect(packages.flatMap((pack) => [...longFiles(pack), ...longFunctions(pack)])).toEqual([]);
});

test("each kind of trespass is seen", () => {
  const root = mkdtempSync(join(tmpdir(), "graph-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const files = {
    "packages/state/package.json": JSON.stringify({
      name: "@facsimile/state",
      dependencies: { "@facsimile/core": "1", "@facsimile/pipeline": "1", "@facsimile/testing": "1" },
    }),
    "packages/state/src/a.ts": [
      'import { x } from "@facsimile/pipeline";',
      'import type { Y } from "lodash";',
      'export * from "../../core/src/errors.ts";',
      'const later = () => import("@facsimile/testing");',
      'import "./index.ts";',
      'import fs from "fs";',
      "console.log(process.env.HOME, Date.now(), new Date());",
      "// console.log(process.env) in a comment is none",
      "new Date(0);",
    ].join("\n"),
    "packages/state/src/one.ts": 'import type { Two } from "./two.ts";',
    "packages/state/src/sub/three.ts": 'const later = () => import("../one.ts");',
    "packages/state/src/two.ts": 'export * from "./sub/three.ts";',
    "packages/state/src/long.ts": `export function long() {\n${"  x();\n".repeat(300)}}\n`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const found = readPackages(root);
  expect(found.flatMap(declaredEdges)).toEqual([
    "packages/state/package.json: state → pipeline",
    "packages/state/package.json: state → testing (only a devDependency)",
  ]);
  expect(found.flatMap((pack) => badImports(pack, []))).toEqual([
    "packages/state/src/a.ts:1: @facsimile/pipeline: no edge state → pipeline",
    "packages/state/src/a.ts:2: lodash: not declared in package.json",
    "packages/state/src/a.ts:3: ../../core/src/errors.ts: leaves src/",
    "packages/state/src/a.ts:4: @facsimile/testing: no edge state → testing",
    "packages/state/src/a.ts:5: ./index.ts: siblings import files, not their own index",
    "packages/state/src/a.ts:6: fs: write node:",
  ]);
  const [one, three, two] = ["one", "sub/three", "two"].map((name) => `packages/state/src/${name}.ts`);
  expect(found.flatMap(circles)).toEqual([[one, three, two]]);
  expect(found.flatMap(worldUses)).toEqual([
    "packages/state/src/a.ts:7: uses console.log",
    "packages/state/src/a.ts:7: uses process.env",
    "packages/state/src/a.ts:7: uses Date.now",
    "packages/state/src/a.ts:7: reads the clock: new Date()",
  ]);
  expect(found.flatMap((pack) => [...longFiles(pack), ...longFunctions(pack)])).toEqual([
    "packages/state/src/long.ts: 302 lines, at most 250",
    "packages/state/src/long.ts:1: a function of 302 lines, at most 50",
  ]);
});
