import { expect, it } from "vitest";
import { foldersOf, isUncertain } from "./search.ts";

const file = (runpath: readonly string[], path = "bin/app") => ({
  path,
  elf: { machine: 62, bits: 64 as const, interpreter: undefined, needed: [], runpath },
});
const root = "/srv/shop/web/releases/abc";
const place = { root, shared: { "var/lib": "/srv/shop/web/shared/var/lib" } };

it("asks for folders outside of the tree only: what is inside, the release itself says", () => {
  const runpath = ["$ORIGIN/../lib", "${ORIGIN}", "/opt/ours/lib", "$ORIGIN/../../../plugins", `${root}/lib`];
  expect(foldersOf(file(runpath), place)).toEqual(["/opt/ours/lib/", "/srv/shop/web/plugins/"]);
  expect(foldersOf(file(["$ORIGIN"], "app"), place)).toEqual([]);
});

it("follows a shared path to where it leads", () => {
  expect(foldersOf(file(["$ORIGIN/../var/lib/plugins", "$ORIGIN/../var/library"]), place)).toEqual([
    "/srv/shop/web/shared/var/lib/plugins/",
  ]);
});

it("leaves out what depends on where a program is started", () => {
  expect(foldersOf(file(["lib", ".", "./lib"]), place)).toEqual([]);
});

it("says of a file whose search path only its loader knows that it is uncertain", () => {
  expect(isUncertain(file(["$ORIGIN/$LIB"]))).toBe(true);
  expect(isUncertain(file(["$ORIGINAL/lib"]))).toBe(true);
  expect(isUncertain(file(["$ORIGIN/lib", "${ORIGIN}/x", "/opt"]))).toBe(false);
});
