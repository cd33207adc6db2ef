import type { Probe } from "@facsimile/transport";
import { expect, it } from "vitest";
import { isMoved } from "./moved.ts";

const probe = (more: Partial<Probe> = {}): Probe =>
  ({ current: { dir: "t1", tree: "t1", release: "r1" }, snapshot: "same", moved: [], freeBytes: 1, ...more }) as unknown as Probe; // biome-ignore format: one line

it("tells a host that moved: by a deploy, by a new record, by a path that was edited; not by its free space", () => {
  expect(isMoved(probe(), probe({ freeBytes: 3 }))).toBe(false);
  expect(isMoved(probe(), probe({ current: { dir: "t2", tree: "t2", release: "r1" } }))).toBe(true);
  expect(isMoved(probe(), probe({ current: { dir: "t1", tree: "t1", release: "r2" } }))).toBe(true);
  expect(isMoved(probe(), probe({ current: undefined }))).toBe(true);
  expect(isMoved(probe(), probe({ snapshot: "moved", moved: ["a"] }))).toBe(true);
  expect(isMoved(probe({ snapshot: "moved", moved: ["a"] }), probe({ snapshot: "moved", moved: ["a"] }))).toBe(false);
});
