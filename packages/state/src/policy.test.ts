import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { ALPHABET, makeValue, type Policy, parsePolicy, policyText } from "./policy.ts";

const all: readonly Policy[] = ["uuid", { hex: 8 }, { base64: 7 }, { length: 9, alphabet: "ab of 12é" }];

it("makes values of the form that the policy says, each another one", () => {
  const forms = [
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    /^[0-9a-f]{16}$/,
    /^[A-Za-z0-9+/]{10}==$/,
    /^[ab of12é]{9}$/,
  ];
  for (const [index, policy] of all.entries()) {
    const made = Array.from({ length: 50 }, () => makeValue(policy, randomBytes));
    expect(made.filter((value) => !forms[index]?.test(value))).toEqual([]);
    expect(new Set(made).size).toBe(50);
  }
});

it("draws each character alike, however the random numbers fall", () => {
  // 2^32 is 4 more than a multiple of 6: the last four numbers would favour the first letters.
  const drawn = [0xffffffff, 0xfffffffc, 7, 0xfffffffb, 0];
  const random = () => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(drawn.shift() ?? 0);
    return bytes;
  };
  expect(makeValue({ length: 2, alphabet: "abcdef" }, random)).toBe("bf");
  const counts = new Map<string, number>();
  for (const letter of makeValue({ length: 62_000, alphabet: ALPHABET }, randomBytes))
    counts.set(letter, (counts.get(letter) ?? 0) + 1);
  expect(counts.size).toBe(62);
  expect([...counts.values()].filter((count) => count < 800 || count > 1200)).toEqual([]);
});

it("writes and reads what a leaf says of a policy", () => {
  expect(all.map(policyText)).toEqual(["uuid", "hex 8", "base64 7", "length 9 of ab of 12é"]);
  expect(all.map((policy) => parsePolicy(policyText(policy)))).toEqual(all);
  expect(parsePolicy("given")).toBeUndefined();
});
