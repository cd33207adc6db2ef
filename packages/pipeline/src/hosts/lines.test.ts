import { expect, it } from "vitest";
import { Lines } from "./lines.ts";

it("lines are whole, wherever they were cut, also within a character", () => {
  const bytes = Buffer.from("one\r\ntwö\n\nlast €");
  for (let at = 0; at <= bytes.length; at++) {
    const lines = new Lines();
    const told = [...lines.push(bytes.subarray(0, at)), ...lines.push(bytes.subarray(at)), ...lines.end()];
    expect(told).toEqual(["one", "twö", "", "last €"]);
  }
});

it("a line without an end is told in pieces, and what is no text does not stop it", () => {
  const lines = new Lines();
  expect(lines.push(Buffer.alloc(70_000, "a"))).toEqual(["a".repeat(70_000)]);
  expect([...lines.push(Buffer.from([0xff, 0x0a, 0xe2])), ...lines.end()]).toEqual(["\ufffd", "\ufffd"]);
});
