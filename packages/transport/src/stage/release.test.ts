import { expect, it } from "vitest";
import type { HistoryEntry, Probe } from "../probe-types.ts";
import { oldTrees, planPrune } from "./release.ts";

const line = (release: string, dir: string): HistoryEntry => ({ release, dir, version: "1", run: "r", by: "Ann", at: "", action: "deploy" }); // biome-ignore format: one line
const history = [line("r1", "A"), line("r2", "B"), line("r3", "B"), line("r4", "C"), line("r5", "A"), line("r6", "D")];
const all = { dirs: ["A", "B", "C", "D", "never"], releases: ["r1", "r2", "r3", "r4", "r5", "r6", "r7"] };

it("keeps the newest distinct trees, each with its newest record, and drops what was never confirmed", () => {
  expect(planPrune({ history, keep: 3, current: { dir: "D", release: "r6" }, ...all })).toEqual({
    dirs: ["B", "never"],
    releases: ["r1", "r2", "r3", "r7"],
  });
});

it("keeps what runs, even when it is old or unconfirmed", () => {
  expect(planPrune({ history, keep: 1, current: { dir: "never", release: "r7" }, ...all }).dirs).toEqual([
    "A",
    "B",
    "C",
    "D",
  ]);
  expect(planPrune({ history, keep: 2, current: { dir: "B", release: "r3" }, ...all })).toEqual({
    dirs: ["A", "C", "never"],
    releases: ["r1", "r2", "r4", "r5", "r7"],
  });
});

it("does not count trees that are gone", () => {
  expect(
    planPrune({ history, keep: 2, current: { dir: "D", release: "r6" }, ...all, dirs: ["B", "C", "D"] }).dirs,
  ).toEqual(["B"]);
});

it("keeps the records of as many releases as trees, also where one tree was in all of them", () => {
  const same = ["r1", "r2", "r3", "r4"].map((release) => line(release, "A"));
  const there = { dirs: ["A"], releases: ["r1", "r2", "r3", "r4"] };
  expect(planPrune({ history: same, keep: 3, current: { dir: "A", release: "r4" }, ...there }).releases).toEqual([
    "r1",
  ]);
});

it("counts a tree that was made whole again once, and keeps the folder that was confirmed last, or runs", () => {
  const healed = ["A", "B", "C", "C~1", "C~2", "C~3"];
  const lines = healed.map((dir) => line(dir.slice(0, 1), dir));
  const there = { dirs: healed, releases: ["A", "B", "C"] };
  const plan = (keep: number, dir: string) => planPrune({ history: lines, keep, current: { dir, release: dir.slice(0, 1) }, ...there }); // biome-ignore format: one line
  expect(plan(3, "C~3")).toEqual({ dirs: ["C", "C~1", "C~2"], releases: [] });
  expect(plan(2, "C~3")).toEqual({ dirs: ["A", "C", "C~1", "C~2"], releases: ["A"] });
  expect(plan(3, "C~1").dirs).toEqual(["C", "C~2", "C~3"]);
  expect(plan(3, "B").dirs).toEqual(["C", "C~1", "C~2"]);
});

it("lets no other tree go for one that is only made whole again", () => {
  const history = ["A", "B", "C"].map((dir) => line(dir, dir));
  const found = { history, dirs: ["A", "B", "C"], current: { dir: "C", tree: "C", release: "C" } } as unknown as Probe;
  expect(oldTrees(found, { keep: 2, coming: "D" })).toEqual(["A"]);
  expect(oldTrees(found, { keep: 2, coming: "C" })).toEqual([]);
  expect(oldTrees(found, { keep: 1, coming: "B" })).toEqual(["A"]);
});
