import { expect, it } from "vitest";
import { compareTrees, type Entry, manifestOf, type TreeNode } from "./index.ts";

const file = (text: string, mode = 0o644): TreeNode => ({
  type: "file",
  mode,
  content: { bytes: Buffer.from(text) },
  secrets: [],
});
const manifest = (nodes: Record<string, TreeNode>) => manifestOf(new Map(Object.entries(nodes)));

it("finds nothing between equal trees", async () => {
  const tree = { "etc/a": file("1"), now: { type: "link", target: "etc" } } as const;
  expect(compareTrees(await manifest(tree), await manifest(tree))).toEqual([]);
});

it("names each way in which a path can differ, sorted by path", async () => {
  const expected = await manifest({
    bytes: file("1"),
    both: file("1"),
    gone: file("1"),
    link: { type: "link", target: "a" },
    mode: { type: "dir", mode: 0o755 },
    type: file("1"),
  });
  const actual = await manifest({
    bytes: file("2"),
    both: file("22", 0o600),
    link: { type: "link", target: "b" },
    mode: { type: "dir", mode: 0o777 },
    type: { type: "link", target: "x" },
    "a/new": file("1"),
  });
  const differences = compareTrees(expected, actual);
  expect(differences.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
    "extra a",
    "extra a/new",
    "changed both",
    "mode both",
    "changed bytes",
    "missing gone",
    "target link",
    "mode mode",
    "type type",
  ]);
  const sizes = differences.map(({ expected, actual }) => [sizeOf(expected), sizeOf(actual)]);
  expect(sizes[2]).toEqual([1, 2]);
  expect(sizes[5]).toEqual([1, undefined]);
});

function sizeOf(entry: Entry | undefined): number | undefined {
  return entry?.type === "file" ? entry.size : undefined;
}
