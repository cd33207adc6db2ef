import { describe, expect, it } from "vitest";
import { didYouMean, meantOr } from "./suggest.ts";

describe("the nearest candidate is meant", () => {
  it.each([
    ["hme", ["hosts", "home"], "home", "a letter is missing"],
    ["homme", ["hosts", "home"], "home", "a letter is too many"],
    ["hume", ["hosts", "home"], "home", "a letter is wrong"],
    ["HOME", ["hosts", "home"], "home", "case is no matter"],
    ["hoem", ["hosts", "home"], "home", "two neighbours are swapped"],
    ["ohme", ["hosts", "home"], "home", "the first two"],
    ["ue", ["eu", "us"], "eu", "the first of equally near ones"],
    ["porduciton", ["product", "production"], "production", "two swaps"],
    ["stratgeyy", ["state", "strategy"], "strategy", "a swap, and a letter too many"],
    ["deploys", ["deplyo", "deploy"], "deploy", "the nearer of two"],
  ])("%s of %j: %s (%s)", (word, candidates, expected) => {
    expect(didYouMean(word, candidates)).toBe(expected);
  });

  it.each([
    ["hoem", ["mohe"], "more than a swap"],
    ["ohem", ["home"], "two swaps in four letters"],
    ["banner", ["home", "hosts"], "another word"],
    ["banner", [], "nothing to choose from"],
    ["", ["home"], "no word"],
  ])("%s of %j: none (%s)", (word, candidates) => {
    expect(didYouMean(word, candidates)).toBeUndefined();
  });
});

it("any one slip is forgiven, wherever it is", () => {
  for (const word of words("abc", 6).filter(({ length }) => length > 1)) {
    for (let at = 0; at < word.length; at++) {
      const [before, after] = [word.slice(0, at), word.slice(at)];
      const swapped = before.slice(0, -1) + after.slice(0, 1) + before.slice(-1) + after.slice(1);
      for (const slip of [swapped, before + after.slice(1), `${before}b${after}`, `${before}b${after.slice(1)}`]) {
        expect(didYouMean(slip, [word]), `${slip} for ${word}`).toBe(word);
      }
    }
  }
});

it("words too long for a slip take no time", () => {
  const long = "ab".repeat(1_000_000);
  expect(didYouMean(long, [`${long}a`])).toBeUndefined();
  expect(
    didYouMean(
      "home",
      Array.from({ length: 1000 }, () => long),
    ),
  ).toBeUndefined();
});

/** Every word of these letters, up to a length. */
function words(letters: string, length: number): readonly string[] {
  if (length === 0) return [""];
  const shorter = words(letters, length - 1);
  return [...new Set([...shorter, ...shorter.flatMap((word) => [...letters].map((letter) => word + letter))])];
}

it("asks whether the near one was meant, and says what else helps where none is", () => {
  expect(meantOr(didYouMean("web1.eo", ["web1.eu"]), "Hosts: web1.eu")).toBe("Did you mean web1.eu?");
  expect(meantOr(didYouMean("db", ["web1.eu"]), undefined)).toBeUndefined();
});
