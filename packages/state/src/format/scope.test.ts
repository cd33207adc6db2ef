import { parseInstance } from "@facsimile/core";
import { expect, it } from "vitest";
import { scopeOf } from "./scope.ts";

it("names a scope by the first part of an instance, by a name shared on purpose, or by the whole", () => {
  const instance = parseInstance("dev.dev0");
  expect([scopeOf(instance), scopeOf(instance, "shared"), scopeOf(instance, "own")]).toEqual([
    "dev",
    "shared",
    "dev.dev0",
  ]);
  expect(() => scopeOf(instance, "../x")).toThrow("is not a name");
});
