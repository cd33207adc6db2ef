import { FacsimileError } from "@facsimile/core";

export const MAX_BYTES = 4 * 1024 * 1024;
export const MAX_DEPTH = 100;

/** A text to parse; `file` is its name as shown to people. */
export interface SourceText {
  readonly file: string;
  /** Absolute; undefined for a text that lies in no file. */
  readonly path?: string;
  readonly text: string;
}

/** @param maxBytes what a file of its format may have. Default {@link MAX_BYTES}. */
export function tooLarge(file: string, maxBytes: number = MAX_BYTES): FacsimileError {
  return new FacsimileError("FILE_TOO_LARGE", `${file} is larger than ${maxBytes / 1024 / 1024} MiB`, {
    hint: "Definitions are small; put large data into extra/.",
    position: { file, line: 1, column: 1 },
  });
}
