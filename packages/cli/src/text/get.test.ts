import { FacsimileError } from "@facsimile/core";
import type { Value } from "@facsimile/definitions";
import { describe, expect, it } from "vitest";
import { plainText, tableText } from "./get.ts";

describe("plainText", () => {
  it.each<[Value, string]>([
    ["two\nlines", "two\nlines\n"],
    ["", "\n"],
    [8077, "8077\n"],
    [false, "false\n"],
    [null, "null\n"],
    ["[hidden]", "[hidden]\n"],
    [{ $secret: "db/root" }, "secret db/root\n"],
    [{}, "{}\n"],
    [[], "[]\n"],
  ])("gives %j to a script as %j", (value, text) => {
    expect(plainText(value)).toBe(text);
  });

  it("gives maps and lists as JSON", () => {
    const value = { a: [1, "x"], b: { $secret: "db/root" } };
    expect(JSON.parse(plainText(value))).toEqual(value);
  });
});

describe("tableText", () => {
  it("has one line for each instance: its value, where that was set, or why there is none", () => {
    const position = { file: "define/dev.json5", line: 9, column: 11 };
    const text = tableText([
      { instance: "dev", found: { value: "hello", layer: "define/dev.json5", position }, problems: [] },
      { instance: "dev.dev0", found: { value: 5, layer: "defaults", position: undefined }, problems: [] },
      { instance: "production", found: undefined, problems: [] },
      { instance: "staging", found: undefined, problems: [new FacsimileError("FILE_SYNTAX", "no")] },
    ]);
    expect(text).toBe(
      [
        'dev         "hello"         define/dev.json5:9:11\n',
        "dev.dev0    5               defaults\n",
        "production  not set\n",
        "staging     cannot be read\n",
      ].join(""),
    );
  });

  it("cuts long values to one line", () => {
    const found = { value: `${"long ".repeat(40)}\n`, layer: "x", position: undefined };
    expect(tableText([{ instance: "dev", found, problems: [] }])).toMatch(/^dev {2}"long .*\.\.\. {2}x\n$/);
  });
});
