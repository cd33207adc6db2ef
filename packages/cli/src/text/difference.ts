import type { Difference, Entry } from "@facsimile/manifest";
import { harmless } from "./value.ts";

/** A difference as cells of a table: kind, path, what about it. */
export function differenceCells(difference: Difference): [kind: string, path: string, what: string] {
  const { kind, path } = difference;
  return [kind, harmless(path), WHAT[kind](difference)];
}

const WHAT: Readonly<Record<Difference["kind"], (difference: Difference) => string>> = {
  missing: () => "not there",
  extra: () => "does not belong there",
  changed: ({ expected, actual }) => changedText(expected, actual),
  mode: ({ expected, actual }) => `${octal(actual)}, should be ${octal(expected)}`,
  type: ({ expected, actual }) => `is a ${actual?.type}, should be a ${expected?.type}`,
  target: () => "points elsewhere",
};

function changedText(expected: Entry | undefined, actual: Entry | undefined): string {
  if (expected?.type !== "file" || actual?.type !== "file") return "";
  if (expected.size === actual.size) return `${actual.size} B, same size, other bytes`;
  return `${actual.size} B, should be ${expected.size} B`;
}

function octal(entry: Entry | undefined): string {
  return entry === undefined || entry.type === "link" ? "" : entry.mode.toString(8).padStart(4, "0");
}
