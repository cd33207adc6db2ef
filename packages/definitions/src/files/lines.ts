import type { Position } from "@facsimile/core";

/** A stretch of text: the offset of its first character, and the one behind its last. */
export type Range = readonly [start: number, end: number];

/** Turns offsets of a text into lines and columns. A line ends where editors end it: at `\n`, `\r\n` or `\r`. */
export class Lines {
  readonly #file: string;
  readonly #text: string;
  #starts: readonly number[] | undefined;

  constructor({ file, text }: { file: string; text: string }) {
    this.#file = file;
    this.#text = text;
  }

  /** Where `range` begins; with its length where it lies in one line. Offsets past the end count as the end. */
  at([start, end]: Range): Position {
    const [first, last] = [this.#within(start), this.#within(end)];
    const line = this.#lineOf(first);
    const length = last > first && this.#lineOf(last) === line ? { length: last - first } : {};
    return { file: this.#file, line: line + 1, column: first - (this.#lines()[line] ?? 0) + 1, ...length };
  }

  #within(offset: number): number {
    return Math.min(Math.max(0, offset), this.#text.length);
  }

  /** Counts from 0. */
  #lineOf(offset: number): number {
    const starts = this.#lines();
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low;
  }

  #lines(): readonly number[] {
    this.#starts ??= [0, ...Array.from(this.#text.matchAll(/\r\n|\r|\n/g), (end) => end.index + end[0].length)];
    return this.#starts;
  }
}
