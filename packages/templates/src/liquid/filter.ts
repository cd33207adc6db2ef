import type { StrictContext } from "./context.ts";

/** What a filter finds as `this`. */
export interface FilterThis {
  readonly context: StrictContext;
}

export type Filter = (this: FilterThis, value: unknown, ...args: unknown[]) => unknown;
