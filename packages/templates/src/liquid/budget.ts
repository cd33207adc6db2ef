import type { Limits } from "../limits.ts";
import { LimitFault } from "../problems.ts";
import type { Rendering } from "./rendering.ts";

/** What the files of one renderer may use together: a tree of many bad files must not take their number times the time. */
export class Budget {
  readonly #limits: Limits;
  #left: number;
  #isFailing = false;
  #characters = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#left = limits.seconds;
  }

  /** For the next file. */
  get seconds(): number {
    return this.#isFailing ? this.#left : this.#limits.seconds;
  }

  /** Why no more files are rendered. */
  flaw(): LimitFault | undefined {
    if (this.#left <= 0) return new LimitFault("it is not rendered, because others took too long");
    const { total } = this.#limits;
    return this.#characters > total
      ? new LimitFault(`more than ${total} characters are written to all files`)
      : undefined;
  }

  /** Time counts only when one file has reached a bound: a large tree that is well takes the time that it takes. */
  spend({ text, problems }: Rendering, seconds: number): void {
    if (this.#isFailing) this.#left -= seconds;
    this.#isFailing ||= problems.some(({ code }) => code === "TEMPLATE_LIMIT");
    this.#characters += text.length;
  }
}
