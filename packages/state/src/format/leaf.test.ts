import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { openLeaf, pointerOf, sealLeaf } from "./leaf.ts";

const place = { id: "0123456789abcdef0123456789abcdef", pointer: "/values/passwd/one", dataKey: randomBytes(32) };
const content = { value: "hunter2", created: "2026-01-02T03:04:05.000Z", policy: "uuid" };

describe("a leaf", () => {
  it("opens at its place alone", () => {
    const text = sealLeaf(content, place, randomBytes);
    expect(openLeaf(text, place)).toEqual(content);
    expect(openLeaf(text, { ...place, pointer: "/values/passwd/two" })).toBeUndefined();
    expect(openLeaf(text, { ...place, id: place.id.replace("0", "1") })).toBeUndefined();
    expect(openLeaf(text, { ...place, dataKey: randomBytes(32) })).toBeUndefined();
  });

  it("does not tell how long its value is, within 64 bytes", () => {
    const lengths = [0, 1, 20].map((n) => sealLeaf({ ...content, value: "x".repeat(n) }, place, randomBytes).length);
    expect(new Set(lengths).size).toBe(1);
    expect(sealLeaf({ ...content, value: "x".repeat(64) }, place, randomBytes).length).toBeGreaterThan(lengths[0] ?? 0);
  });

  it("has one spelling, and is whole or nothing", () => {
    const text = sealLeaf(content, place, randomBytes);
    for (const other of [`${text}=`, `${text}A`, text.slice(0, -1), "e1:", "e1:AAAA", text.replace("e1:", "e2:")]) {
      expect(openLeaf(other, place), other).toBeUndefined();
    }
  });

  it("is never the same twice", () => {
    expect(sealLeaf(content, place, randomBytes)).not.toBe(sealLeaf(content, place, randomBytes));
  });

  it("keeps what a rotation replaced", () => {
    const rotated = { ...content, previous: { value: "old", until: "2026-02-01T00:00:00.000Z" } };
    expect(openLeaf(sealLeaf(rotated, place, randomBytes), place)).toEqual(rotated);
  });
});

it("points by RFC 6901", () => {
  expect(pointerOf(["values", "secrets", "db/root~1", ""])).toBe("/values/secrets/db~1root~01/");
});
