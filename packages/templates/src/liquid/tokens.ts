import type { TopLevelToken } from "liquidjs";

/** A piece of a template's text: a tag, an output, or text between them. */
export type TopLevel = TopLevelToken;

/**
 * What is left to be parsed, taken from the front as LiquidJS takes it from an array: there each `shift` moves all the
 * others, so that a long text would take the square of its time.
 */
export class TokenQueue {
  readonly #tokens: readonly TopLevel[];
  #at = 0;

  constructor(tokens: readonly TopLevel[]) {
    this.#tokens = tokens;
  }

  get length(): number {
    return this.#tokens.length - this.#at;
  }

  shift(): TopLevel | undefined {
    return this.#tokens[this.#at++];
  }

  /** Goes on after the first token that `isLast`; stays where it is when there is none. */
  skipPast(isLast: (token: TopLevel) => boolean): void {
    for (let at = this.#at; at < this.#tokens.length; at++) {
      const token = this.#tokens[at];
      if (token === undefined || !isLast(token)) continue;
      this.#at = at + 1;
      return;
    }
  }
}
