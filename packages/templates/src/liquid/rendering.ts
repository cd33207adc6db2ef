import type { FacsimileError } from "@facsimile/core";

export interface Rendering {
  readonly text: string;
  /** Names of the secrets that were revealed, sorted. */
  readonly secrets: readonly string[];
  /** When there are any, `text` is of no use. */
  readonly problems: readonly FacsimileError[];
}
