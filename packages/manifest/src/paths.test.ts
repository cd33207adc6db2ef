import { expect, it } from "vitest";
import { checkTreePaths } from "./index.ts";

it("takes any name that is valid Unicode", () => {
  expect(checkTreePaths(["-rf", " ", "a\nb", "a\\b", '"', "…", "..a", ".env", "a/...", "é/x", "💾"])).toEqual([]);
});

it("refuses what could leave the tree or cannot be written down", () => {
  const bad = ["", "/etc/passwd", "a//b", "a/", "./a", "a/.", "..", "a/../b", "a\0b", "a\ud800b"];
  const problems = checkTreePaths(bad);
  expect(problems.map(({ code }) => code)).toEqual(bad.map(() => "TREE_BAD_PATH"));
  expect(problems[7]?.message).toBe('"a/../b" cannot be a path of a tree: it has the part ".."');
});

it("refuses two names that some file systems take for one, and tells them apart", () => {
  const [problem, ...others] = checkTreePaths(["caf\u00e9", "cafe\u0301", "cafe"]);
  expect(problem).toMatchObject({ code: "TREE_SAME_PATH" });
  expect(problem?.message).toBe('"caf\\u{e9}" and "cafe\\u{301}" are the same name in Unicode (NFC)');
  expect(others).toEqual([]);
});
