import { formatPath, parsePath } from "@facsimile/core";
import { expect, it } from "vitest";
import type { Value } from "../value.ts";
import { dependenciesOf, referencesIn, writtenAt } from "./references.ts";

const paths = (found: readonly (readonly string[])[]) => found.map(formatPath);

it("references are found in texts, wherever they stand; what only looks like one is none", () => {
  const value: Value = ['a ${x.y} ${hosts."db1.eu".port}', { k: "${z}", n: 1 }, "$${no}", "${env:HOME}", "${no path}"];
  expect(paths(referencesIn(value))).toEqual(["x.y", 'hosts."db1.eu".port', "z"]);
  expect(referencesIn({ $secret: "${x}" })).toEqual([]);
  expect(referencesIn(undefined)).toEqual([]);
});

it("a value beneath a reference is written where the reference is", () => {
  const written = { copy: "${map}", map: { a: 1 } };
  expect(writtenAt(["copy", "a"], written)).toEqual(["copy"]);
  expect(writtenAt(["map", "a"], written)).toEqual(["map", "a"]);
  expect(writtenAt(["nope", "a"], written)).toEqual(["nope", "a"]);
});

it("what a value depends on is followed through all references, in circles too", () => {
  const written = { a: "${b} ${c.d}", b: "${a}", c: "${e}", e: { d: "${f}" }, f: 1, other: "${f}" };
  expect(paths(dependenciesOf(parsePath("a"), written))).toEqual(["b", "a", "c.d", "e", "f"]);
  expect(paths(dependenciesOf(parsePath("other"), written))).toEqual(["f"]);
});
