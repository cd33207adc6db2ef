import { isFacsimileError } from "@facsimile/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatPlainTexts, parsePlainTexts } from "./plain-texts.ts";

const parsed = (text: string) => Object.fromEntries(parsePlainTexts({ file: "x", text }));

function refused(text: string): string {
  try {
    parsed(text);
    return "taken";
  } catch (error) {
    if (!isFacsimileError(error)) throw error;
    expect(error.position).toBeUndefined();
    return `${error.code} ${error.message} ${error.hint}`;
  }
}

describe("parsePlainTexts", () => {
  it("takes scalars as they are written, and joins what is nested", () => {
    expect(parsed("db: { root: 007, on: true }\n'a/b': |\n  x\n  y\nempty: {}\n")).toEqual({
      "db/root": "007",
      "db/on": "true",
      "a/b": "x\ny\n",
    });
    expect(parsed('{\n\t"db": {"root": "x\\/y \\ud83d\\ude00", "n": 12345678901234567890}\n}')).toEqual({
      "db/root": "x/y 😀",
      "db/n": "12345678901234567890",
    });
  });

  it.each([
    ["pw: *hunter2", "INVALID_VALUE x:1:5: pw is not a text"],
    ['a: 1\npw: "hun\\qter2"', "FILE_SYNTAX x:2:9: not YAML or JSON (BAD_DQ_ESCAPE)"],
    ["pw: @hunter2", "FILE_SYNTAX x:1:5: not YAML or JSON (BAD_SCALAR_START)"],
    ["pw: hunter2\npw: hunter2", "DUPLICATE_KEY x:2:1: a name stands twice"],
    ["a/b: hunter2\na: { b: hunter2 }", "DUPLICATE_KEY x:2:9: a name stands twice"],
    ["- hunter2", "NOT_A_MAP x:1:1"],
    ["hunter2", "NOT_A_MAP x:1:1"],
    ["pw: [hunter2]", "INVALID_VALUE x:1:5: pw is not a text"],
    ["pw:", "INVALID_VALUE x:1:4: pw is not a text"],
    ["pw: null", "INVALID_VALUE x:1:5: pw is not a text"],
    ["pw: ''", "INVALID_VALUE x:1:5: pw is not a text"],
    ["? [hunter2]\n: x", "INVALID_VALUE x:1:1: a key is not a text"],
  ])("refuses %j without a word of the value", (text, message) => {
    expect(refused(text)).toContain(message);
    expect(refused(text)).not.toMatch(/hunter|ter2/);
  });
});

it("what is written is read back as it was", () => {
  const readBack = (all: Readonly<Record<string, string>>) =>
    parsePlainTexts({ file: "x", text: formatPlainTexts(new Map(Object.entries(all))) });
  const name = fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => !/\p{Cc}/u.test(text));
  fc.assert(
    fc.property(fc.dictionary(name, fc.string({ minLength: 1, unit: "binary" })), (all) => {
      expect([...readBack(all)]).toEqual(Object.entries(all));
    }),
  );
  const odd = {
    a: "null",
    b: "x\n\n",
    c: "  lead",
    d: "\u0007\r\n",
    "db/root": "a: b #c",
    e: "~",
    f: "*x",
    g: "---\n",
  };
  expect([...readBack(odd)]).toEqual(Object.entries(odd));
});
