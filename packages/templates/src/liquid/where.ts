import type { Position } from "@facsimile/core";
import type { Token } from "liquidjs";

/** The place of a token in its file, counted from 1. */
export function positionAt({ input, begin, file = "" }: Pick<Token, "input" | "begin" | "file">): Position {
  const starts = startsOf(input);
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= begin) low = middle;
    else high = middle;
  }
  return { file, line: low + 1, column: begin - (starts[low] ?? 0) + 1 };
}

/** Where each line begins, of the text that was asked for last: problems come file by file, and there may be many. */
function startsOf(input: string): readonly number[] {
  if (input !== last.input) {
    const starts = [0];
    for (let at = input.indexOf("\n"); at >= 0; at = input.indexOf("\n", at + 1)) starts.push(at + 1);
    last = { input, starts };
  }
  return last.starts;
}

let last: { readonly input: string; readonly starts: readonly number[] } = { input: "", starts: [0] };
