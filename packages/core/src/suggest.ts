import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
let library: typeof import("fastest-levenshtein") | undefined;

/** Longer words are no slips of the finger, and would take long to compare. */
const MAX_LENGTH = 100;

/** The candidate that `word` was probably meant to be, if one is near. Two neighbours swapped count as one slip. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > MAX_LENGTH) return undefined;
  const lower = word.toLowerCase();
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: { readonly candidate: string; readonly far: number } | undefined;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > limit) continue;
    const far = slips(lower, { candidate: candidate.toLowerCase(), limit });
    if (far <= limit && far < (best?.far ?? Number.POSITIVE_INFINITY)) best = { candidate, far };
  }
  return best?.candidate;
}

/** `Did you mean web1.eu?`; where nothing is near, what else helps. */
export function meantOr<Otherwise>(near: string | undefined, otherwise: Otherwise): string | Otherwise {
  return near === undefined ? otherwise : `Did you mean ${near}?`;
}

/** Letters to add, drop or change, which would count a swap as two, less one for each swap that explains two of them. */
function slips(word: string, { candidate, limit }: { candidate: string; limit: number }): number {
  // Loaded for the first word that is near to another.
  library ??= require("fastest-levenshtein") as typeof import("fastest-levenshtein");
  const { distance } = library;
  let [rest, swaps, far] = [word, 0, distance(word, candidate)];
  if (far > 2 * limit) return far;
  for (let at = 0; at + 1 < word.length && far > 1; at++) {
    const pair = `${rest[at + 1]}${rest[at]}`;
    if (!candidate.includes(pair)) continue;
    const swapped = rest.slice(0, at) + pair + rest.slice(at + 2);
    const left = distance(swapped, candidate);
    if (left > far - 2) continue;
    [rest, swaps, far] = [swapped, swaps + 1, left];
    at++;
  }
  return swaps + far;
}
