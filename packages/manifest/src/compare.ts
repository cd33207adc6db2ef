import { compareBytes } from "@facsimile/core";
import type { Entry, Manifest } from "./types.ts";

/** One way in which a path differs. A file can differ in two: its bytes (`changed`) and its `mode`. */
export interface Difference {
  readonly kind: "missing" | "extra" | "changed" | "mode" | "type" | "target";
  readonly path: string;
  /** Absent for `extra`. */
  readonly expected?: Entry;
  /** Absent for `missing`. */
  readonly actual?: Entry;
}

/** How `actual` differs from `expected`, sorted by path; empty when they are exactly equal. */
export function compareTrees(expected: Manifest, actual: Manifest): Difference[] {
  if (expected === actual) return [];
  const found = new Map(actual.entries.map((entry) => [entry.path, entry]));
  const wanted = new Set(expected.entries.map(({ path }) => path));
  const differences: Difference[] = expected.entries.flatMap((entry) => compareEntry(entry, found.get(entry.path)));
  for (const entry of actual.entries) {
    if (!wanted.has(entry.path)) differences.push({ kind: "extra", path: entry.path, actual: entry });
  }
  return differences.sort((a, b) => compareBytes(a.path, b.path));
}

function compareEntry(expected: Entry, actual: Entry | undefined): Difference[] {
  const { path } = expected;
  if (actual === undefined) return [{ kind: "missing", path, expected }];
  return kindsOf(expected, actual).map((kind) => ({ kind, path, expected, actual }));
}

function kindsOf(a: Entry, b: Entry): Difference["kind"][] {
  if (a.type === "link" && b.type === "link") return a.target === b.target ? [] : ["target"];
  if (a.type === "dir" && b.type === "dir") return a.mode === b.mode ? [] : ["mode"];
  if (a.type !== "file" || b.type !== "file") return ["type"];
  const same = a.size === b.size && a.sha256 === b.sha256;
  return [...(same ? [] : (["changed"] as const)), ...(a.mode === b.mode ? [] : (["mode"] as const))];
}
