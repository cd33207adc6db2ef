import type { Position } from "@facsimile/core";
import type { Token } from "liquidjs";

/** The place of a token in its file, counted from 1. */
export function positionAt({ input, begin, file = "" }: Pick<Token, "input" | "begin" | "file">): Position {
  const before = input.slice(0, begin);
  const line = before.split("\n").length;
  return { file, line, column: begin - before.lastIndexOf("\n") };
}
