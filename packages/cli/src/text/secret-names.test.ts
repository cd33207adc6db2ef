import { expect, it } from "vitest";
import { madeNames, secretName } from "./secret-names.ts";

it("names values as definitions and commands do", () => {
  expect(madeNames({ passwords: ["shop"], secrets: ["db/root"] })).toEqual(["passwd/shop", "db/root"]);
  expect(["passwd/shop", "secrets/db/root", "overlay/dev.dev0/passwd/shop"].map(secretName)).toEqual([
    "passwd/shop",
    "db/root",
    "passwd/shop of dev.dev0",
  ]);
});
