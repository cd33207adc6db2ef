import { parsePath } from "@facsimile/core";
import type { Comparison, Difference, Shown, Value } from "@facsimile/definitions";
import { describe, expect, it } from "vitest";
import { diffText, type Sides, warningsText } from "./diff.ts";
import { createStyle } from "./style.ts";

const style = await createStyle({ colour: false, unicode: false });

const INSTANCES: Sides = {
  a: { instance: "staging", ref: undefined },
  b: { instance: "production", ref: undefined },
  project: "storefront",
};

const at = (value: Value, place: string): Shown => {
  const [file = "", line, column] = place.split(":");
  if (line === undefined) return { value, layer: file, position: undefined };
  return { value, layer: file, position: { file, line: Number(line), column: Number(column) } };
};

const differing = (path: string, a: Shown | undefined, b: Shown | undefined, expected = false): Difference => ({
  path: parsePath(path),
  a,
  b,
  expected,
});

function comparison(compared: number, ...differences: Difference[]): Comparison {
  const expected = differences.filter((each) => each.expected).length;
  return { differences, counts: { compared, different: differences.length - expected, expected }, warnings: [] };
}

const BANNER = differing(
  "banner",
  at("hello", "define/staging.json5:4:11"),
  at("sale", "define/production.json5:9:12"),
);
const DEBUG = differing("debug", at(true, "define/staging.json5:5:10"), undefined);
const KEEP = differing("deploy.keep", at(5, "defaults"), at(9, "define/production.json5:3:3"), true);
const HOST = differing('hosts."db1.eu".port', undefined, at(22, "define/production.json5:4:4"), true);

describe("diffText", () => {
  it("counts first, then tells each value, what either side sets, and where", () => {
    expect(diffText(comparison(41, BANNER, DEBUG), INSTANCES)).toBe(
      `staging and production, storefront: 2 of 41 values differ

  banner
    staging     "hello"  define/staging.json5:4:11
    production  "sale"   define/production.json5:9:12
  debug
    staging     true     define/staging.json5:5:10
    production  not set
`,
    );
  });

  it("counts what is expected, and says what lists it", () => {
    const text = diffText(comparison(41, BANNER, KEEP, HOST), INSTANCES);
    expect(text).toContain("staging and production, storefront: 1 of 41 values differs\n\n  banner\n");
    expect(text).toMatch(
      /:9:12\n\n2 more differ as expected \(compare\.ignore\); facs diff staging production storefront --all lists them\.\n$/,
    );
  });

  it("lists what is expected apart from the rest when asked to, with defaults by their name", () => {
    expect(diffText(comparison(41, KEEP, BANNER, HOST), INSTANCES, { all: true })).toContain(
      `define/production.json5:9:12

2 more differ as expected (compare.ignore)

  deploy.keep
    staging     5        defaults
    production  9        define/production.json5:3:3
  hosts."db1.eu".port
    staging     not set
    production  22       define/production.json5:4:4
`,
    );
  });

  it("says in one line that nothing differs", () => {
    expect(diffText(comparison(41), INSTANCES)).toBe(
      "staging and production, storefront: all 41 values are the same.\n",
    );
    expect(diffText(comparison(1), { ...INSTANCES, project: undefined })).toBe(
      "staging and production: the 1 value is the same.\n",
    );
    expect(diffText(comparison(41, HOST), INSTANCES)).toBe(
      "staging and production, storefront: no unexpected difference in 41 values\n\n" +
        "1 differs as expected (compare.ignore); facs diff staging production storefront --all lists it.\n",
    );
  });

  describe("of one instance at two moments", () => {
    const moments = (from: string, to?: string): Sides => ({
      a: { instance: "dev.dev0", ref: from },
      b: { instance: "dev.dev0", ref: to },
      project: undefined,
    });

    it("names them where instances stand otherwise", () => {
      const text = diffText(comparison(41, BANNER, KEEP), moments("v1.0"));
      expect(text).toBe(
        `dev.dev0: 1 of 41 values differs between v1.0 and the working tree

  banner
    v1.0          "hello"  define/staging.json5:4:11
    working tree  "sale"   define/production.json5:9:12

1 more differs as expected (compare.ignore); facs diff dev.dev0 --ref v1.0 --all lists it.
`,
      );
      expect(diffText(comparison(41), moments("v1", "v2"))).toBe(
        "dev.dev0: all 41 values are the same in v1 and v2.\n",
      );
    });

    it("gives a command that a shell reads back", () => {
      const command = (sides: Sides) => /; (.*) lists it\.$/m.exec(diffText(comparison(2, KEEP), sides))?.[1];
      expect(command(moments("HEAD~1", "v2"))).toBe("facs diff dev.dev0 --ref HEAD~1..v2 --all");
      expect(command(moments("HEAD@{1 day ago}"))).toBe("facs diff dev.dev0 --ref 'HEAD@{1 day ago}' --all");
      expect(command(moments("it's"))).toBe("facs diff dev.dev0 --ref 'it'\\''s' --all");
    });
  });

  it("lets no name steer a terminal", () => {
    const path = ["\u001b[2J", "\u202e"];
    const odd = { ...differing("a", at(1, "define/\u001b[31m.json5:1:1"), undefined), path };
    const sides = { ...INSTANCES, a: { instance: "s", ref: "\u009b1m" } };
    expect(diffText(comparison(1, odd), sides)).toMatch(/^[\x20-\x7e\n]+$/);
  });
});

describe("warningsText", () => {
  it("tells where, what and what next, and is nothing for nothing", () => {
    const warnings = [
      {
        code: "COMPARE_IDLE",
        message: "compare.ignore: x",
        hint: "Take it out.",
        position: { file: "a", line: 1, column: 2 },
      },
      { code: "COMPARE_IDLE", message: "compare.ignore: y" },
    ];
    expect(warningsText({ ...comparison(1), warnings }, style)).toBe(
      "! a:1:2: COMPARE_IDLE: compare.ignore: x\n  Take it out.\n! COMPARE_IDLE: compare.ignore: y\n",
    );
    expect(warningsText(comparison(1), style)).toBe("");
  });
});
