/** How many: `short` in the usual suite, `long` under `npm run test:long`, which runs vitest in the mode `long`. */
export function effort({ short, long }: { readonly short: number; readonly long: number }): number {
  return process.env["MODE"] === "long" ? long : short;
}

/** The same numbers in every run; tests name it when they fail. */
export const SEED = 20260102;

/** Whole numbers from 0 to below `end`, drawn from a seed (mulberry32): the same ones everywhere. */
export function dice(seed = SEED): (end: number) => number {
  let state = seed;
  return (end) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  };
}
