import { FacsimileError } from "@facsimile/core";
import type { LintReport } from "@facsimile/definitions";
import { expect, it } from "vitest";
import { lintText } from "./lint.ts";
import { createStyle } from "./style.ts";

const style = await createStyle({ colour: false, unicode: true });
const report = (more: Partial<LintReport>): LintReport => ({
  instances: ["beta", "gamma"],
  projects: ["p"],
  problems: [],
  findings: [],
  allowed: 0,
  ...more,
});
const text = (more: Partial<LintReport>) => lintText(report(more), { style, root: "/" });
const at = (file: string, line: number) => ({ file, line, column: 3 });

it("says in one line what was looked at when there is nothing to say", () => {
  expect(text({})).toBe("Nothing found in 2 instances of 1 project.\n");
  expect(text({ allowed: 1 })).toBe("Nothing found in 2 instances of 1 project. 1 more is allowed by a comment.\n");
});

it("tells problems as errors with their instances, findings file by file, and counts both", () => {
  const problems = [
    { error: new FacsimileError("A", "a is wrong", { hint: "Mend a.", position: at("no/a.json5", 2) }), instances: ["beta"] },
    { error: new FacsimileError("B", "b is wrong"), instances: ["beta", "gamma"] },
    { error: new FacsimileError("C", "c is wrong", { position: at("no/gamma.json5", 2) }), instances: ["gamma"] },
  ]; // biome-ignore format: a table
  const findings = [
    { code: "C", message: "c is odd", hint: "Look at c.", position: at("no/a.json5", 3) },
    { code: "D", message: "d is odd", position: at("no/a.json5", 4) },
    { code: "E", message: "e is odd", hint: "Look at e.", position: at("no/b.json5", 1) },
  ];
  expect(text({ problems, findings, allowed: 2 })).toBe(`no/a.json5:2:3: error A: a is wrong
  Mend a.
  In beta.

error B: b is wrong

no/gamma.json5:2:3: error C: c is wrong

no/a.json5:3:3: warning C: c is odd
  Look at c.
no/a.json5:4:3: warning D: d is odd

no/b.json5:1:3: warning E: e is odd
  Look at e.

3 problems, 3 warnings in 2 instances of 1 project. 2 more are allowed by a comment.
`);
  const many = Array.from({ length: 10 }, (_, index) => `i${index}`);
  const [first] = problems;
  expect(text({ problems: first ? [{ ...first, instances: many }] : [] })).toContain(
    "  In i0, i1, i2, i3, i4, i5, i6, i7 and 2 more.\n",
  );
});
