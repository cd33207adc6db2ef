import { expect, it } from "vitest";
import { excludedGlobs } from "./excluded.ts";

it("takes rsync's patterns at their word: anchored or not, folders with all in them, nothing else special", () => {
  expect(excludedGlobs(["*.log", "/secret", "var/", "a/b", "/x/***", "(a)!{b}"])).toEqual([
    "**/*.log",
    "secret",
    "**/var",
    "**/a/b",
    "x",
    "**/\\(a\\)\\!\\{b\\}",
  ]);
});
