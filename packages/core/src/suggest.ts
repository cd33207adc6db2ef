import { distance } from "fastest-levenshtein";

/** Longer words are no slips of the finger, and would take long to compare. */
const MAX_LENGTH = 100;

/** The candidate that `word` was probably meant to be, if one is near. Two neighbours swapped count as one slip. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > MAX_LENGTH) return undefined;
  const limit = Math.max(1, Math.floor(word.length / 3));
  const near = [...candidates]
    .filter((candidate) => Math.abs(candidate.length - word.length) <= limit)
    .map((candidate) => ({ candidate, far: slips(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far);
  return near[0]?.candidate;
}

/** Letters to add, drop or change, which would count a swap as two, less one for each swap that explains two of them. */
function slips(word: string, candidate: string): number {
  let [rest, swaps, far] = [word, 0, distance(word, candidate)];
  for (let at = 0; at + 1 < word.length && far > 1; at++) {
    const swapped = `${rest.slice(0, at)}${rest[at + 1]}${rest[at]}${rest.slice(at + 2)}`;
    const left = distance(swapped, candidate);
    if (left > far - 2) continue;
    [rest, swaps, far] = [swapped, swaps + 1, left];
    at++;
  }
  return swaps + far;
}
