import { expect, it } from "vitest";
import { planPrune } from "./release.ts";
import type { HistoryEntry } from "./types.ts";

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
