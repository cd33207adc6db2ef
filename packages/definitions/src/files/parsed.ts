import type { KeyPath } from "@facsimile/core";
import type { Value } from "../value.ts";
import type { Range } from "./lines.ts";
import type { Part, RepeatedKey } from "./text-tree.ts";

/** What a format gives: the value, and where things are. */
export interface Parsed {
  readonly value: Value;
  /** The value is frozen, and holds nothing that a definition may not. */
  readonly isSettled?: boolean;
  readonly repeated: readonly RepeatedKey[];
  rangeOf(path: KeyPath, part: Part): Range;
}
