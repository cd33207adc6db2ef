import { expect, it } from "vitest";
import { amountOf, sendingOf } from "./amount.ts";

it("has the host keep up the lease for what may outlast it: many files, many bytes, and a megabyte over a slow line", () => {
  expect([amountOf(20_001, 0), amountOf(0, 2 ** 28 + 1), sendingOf(2 ** 20 + 1)]).toEqual(["long", "long", "long"]);
  expect([amountOf(20_000, 2 ** 24 + 1), amountOf(20_000, 2 ** 24), sendingOf(2 ** 20)]).toEqual(["much", "", ""]);
});
