import { expect, it } from "vitest";
import { hiddenLine } from "./hidden-line.ts";

it.each([
  [`  password: "hunter2",`, `  password: "*******",`],
  [`  db: { 'api-key': 'a\\'b', port: 5432 }, // note`, `  db: { 'api-key': '****', port: 5432 }, // note`],
  [`  "smtp_password": "x: \\"y\\"", user: "robin"`, `  "smtp_password": "********", user: "robin"`],
  ["  token: abc def", "  token: *******"],
  ["- passphrase: 1234", "- passphrase: ****"],
])("a secret in clear is not shown in an excerpt: %s", (line, shown) => {
  expect(hiddenLine(line)).toBe(shown);
  expect(shown).toHaveLength(line.length);
});

it.each([
  `  password: { $secret: "db/root" },`,
  `  passwordMinLength: 8, banner: "token: x",`,
  "  password: { length: 20 }",
  "  tokenizer: fast",
])("what is none stays: %s", (line) => {
  expect(hiddenLine(line)).toBe(line);
});
