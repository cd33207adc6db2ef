import pLimit from "p-limit";

export interface FanOutOptions {
  /** At most so many at a time. Default 20. */
  readonly limit?: number | undefined;
  /** What has not begun when it aborts is `skipped`. */
  readonly signal?: AbortSignal | undefined;
}

/** How one item's work ended. */
export type Outcome<Item, Result> =
  | { readonly item: Item; readonly status: "done"; readonly value: Result }
  | { readonly item: Item; readonly status: "failed"; readonly error: unknown }
  | { readonly item: Item; readonly status: "skipped" };

/**
 * Does `work` for every item, `limit` at a time; one that fails stops none of the others.
 * @returns How each ended, in the order of `items`. Never throws.
 */
export async function fanOut<Item, Result>(
  items: readonly Item[],
  options: FanOutOptions & { readonly work: (item: Item) => Promise<Result> },
): Promise<Outcome<Item, Result>[]> {
  const { limit = 20, signal, work } = options;
  const slots = pLimit(limit);
  const outcomeOf = async (item: Item): Promise<Outcome<Item, Result>> => {
    if (signal?.aborted) return { item, status: "skipped" };
    try {
      return { item, status: "done", value: await work(item) };
    } catch (error) {
      return { item, status: "failed", error };
    }
  };
  return Promise.all(items.map((item) => slots(() => outcomeOf(item))));
}
