import { expect, it } from "vitest";
import { hiddenLine, hiddenLines } from "./hidden-line.ts";

it.each([
  [`  password: "hunter2",`, `  password: "*******",`],
  [`  db: { 'api-key': 'a\\'b', port: 5432 }, // note`, `  db: { 'api-key': '****', port: 5432 }, // note`],
  [`  "smtp_password": "x: \\"y\\"", user: "robin"`, `  "smtp_password": "********", user: "robin"`],
  ["  token: abc def", "  token: *******"],
  ["- passphrase: 1234", "- passphrase: ****"],
  [`  password: "hunter2,`, `  password: *********`],
  ["  password: hunter2, x", "  password: **********"],
  ["  password: `hunter2`,", "  password: **********"],
  [`  password: { value: "hunter2" x }, port: 1`, `  password: { value: "*******" x }, port: 1`],
  [`  password: { value: "hunter2`, `  password: { value: "*******`],
  [`  password: "hunt" + "er2"`, `  password: ****** * *****`],
  [`  passwords: ["one" "two"]`, `  passwords: ****** ******`],
  ["  password: *hunter2", "  password: ********"],
])("a secret in clear is not shown in an excerpt: %s", (line, shown) => {
  expect(hiddenLine(line)).toBe(shown);
  expect(shown).toHaveLength(line.length);
});

it.each([
  `  password: { $secret: "db/root" },`,
  `  passwordMinLength: 8, banner: "token: x",`,
  "  password: { length: 20 }",
  "  tokenizer: fast",
  `  password: { $secret: "db/root", note: 1 } x`,
  `  password:`,
])("what is none stays: %s", (line) => {
  expect(hiddenLine(line)).toBe(line);
});

it("a secret that begins on the line below its key, or goes on there, is not shown either", () => {
  const shown = (...lines: string[]) => hiddenLines(lines).join("\n");
  expect(shown("a:", "  password:", '    "hunter2"', "  port: 1")).toBe("a:\n  password:\n    *********\n  port: 1");
  expect(shown("password: |", "  hunter2", "", "  more", "b: 1")).toBe("password: *\n  *******\n\n  ****\nb: 1");
  expect(shown("passwords: [", '  "one",', "],", "x: 1")).toBe("passwords: *\n  *****,\n],\nx: 1");
  expect(shown("password: {", "  length: 20,", '  value: "hunter2",', "},")).toBe('password: {\n  length: 20,\n  value: "*******",\n},'); // biome-ignore format: one line
  expect(shown("  tokens: {", '    "db/root": { $secret: "x" },', "  },")).toBe('  tokens: {\n    "db/root": { $secret: "x" },\n  },'); // biome-ignore format: one line
  expect(shown('password: "hun', 'ter2"', "x: 1")).toContain("x: 1");
});

it("a line of many blanks is read as fast as any other: whoever writes definitions holds nobody up", () => {
  const line = `password: "${" ".repeat(300_000)}" x`;
  expect(hiddenLines([line]).map(({ length }) => length)).toEqual([line.length]);
});
