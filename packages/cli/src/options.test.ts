import { expect, it } from "vitest";
import { collectNames, hostFilterText } from "./options.ts";

it("names are taken from lists and from options that come again; of an empty text comes an empty list, not none", () => {
  expect(collectNames("c, d,", collectNames("a,b"))).toEqual(["a", "b", "c", "d"]);
  expect(collectNames("")).toEqual([]);
  expect(collectNames("", ["a"])).toEqual(["a"]);
});

it("a choice of hosts is told as it is typed", () => {
  expect(hostFilterText({})).toBe("");
  expect(hostFilterText({ regions: ["eu"], hosts: ["a", "b"] })).toBe(" --hosts a,b --regions eu");
});
