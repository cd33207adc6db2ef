import type { Entry, Manifest } from "@facsimile/manifest";
import { expect, it } from "vitest";
import { neighbourProblems, scopeOf } from "./mirror-scope.ts";

const file = (path: string): Entry => ({ path, type: "file", mode: 0o644, size: 1, sha256: "1" });
const dir = (path: string, mode = 0o755): Entry => ({ path, type: "dir", mode });
const manifest = (...entries: Entry[]): Manifest => ({ entries });

it("looks at all paths of the manifests, and into the project's folder where one of them has it", () => {
  const [one, other] = [manifest(file("b"), file("shopx")), manifest(file("a"), dir("shop"), file("shop/x"))];
  expect(scopeOf("shop", [one, other, undefined])).toEqual({ folder: true, paths: ["a", "b", "shopx"] });
  expect(scopeOf("shop", [one])).toEqual({ folder: false, paths: ["b", "shopx"] });
});

it("refuses paths of others, their folders, and theirs in ours; folders of one mode are shared", () => {
  const clash = (wanted: Manifest, ...manifests: Manifest[]) =>
    neighbourProblems("web1", { project: "shop", wanted, neighbours: [{ project: "other", manifests }] }).map(({ message }) => message); // biome-ignore format: one line
  expect(clash(manifest(dir("etc"), file("etc/a")), manifest(dir("etc"), file("etc/b")))).toEqual([]);
  expect(clash(manifest(dir("etc")), manifest(dir("etc", 0o700)))).toEqual([
    expect.stringContaining("etc is of other"),
  ]);
  expect(clash(manifest(file("a")), manifest(), manifest(file("a")))).toEqual([
    expect.stringContaining("web1: in this home a is of other"),
  ]);
  expect(clash(manifest(dir("other"), file("other/x")))).toEqual([
    expect.stringContaining("other/x lies in the folder of other"),
  ]);
  expect(clash(manifest(), manifest(file("shop/x")))).toEqual([
    expect.stringContaining("shop/x of other lies in the folder of shop"),
  ]);
  expect(clash(manifest(dir(".facsimile"), file(".facsimile/lock")))).toEqual([
    expect.stringContaining("facsimile's own"),
  ]);
});
