import fs from "node:fs";
import path from "node:path";
import { formatPosition } from "@facsimile/core";
import { expect, it } from "vitest";
import { foldValues } from "./fold.ts";
import { parseSource, type SourceFile } from "./source-file.ts";
import { readUserSchema } from "./user-schema.ts";
import { KEYWORDS, TOP_KEYWORDS } from "./user-schema-keywords.ts";
import { findingsOf } from "./validate.ts";
import type { ValueMap } from "./value.ts";

const document = fs.readFileSync(path.join(import.meta.dirname, "../../../docs/schema.md"), "utf8");

/** The file that a block of the document shows. */
function shown(file: string): SourceFile {
  const blocks = [...document.matchAll(/^```json5\n([^`]*)^```/gm)].map(([, text = ""]) => text);
  return parseSource({ file, text: blocks.find((text) => text.startsWith(`// ${file}\n`)) ?? "" });
}

it("docs/schema.md: the example is refused for what the document says, and gives what it says", () => {
  const [base, staging] = [shown("define/facsimile.json5"), shown("define/staging.json5")];
  const schema = readUserSchema(shown("define/schema.json5"), (problem) => expect(problem).toBeUndefined());
  const values = foldValues([schema.defaults, base.value as ValueMap, staging.value as ValueMap]);
  const messages = findingsOf(values, schema).map(({ path: at, part, message }) => {
    const written = at[0] === "partners" ? ["partners", "$append", "0"] : at;
    return `${formatPosition(staging.locate(written, part))}: ${message}`;
  });
  const [, told] = /^```text\n([^`]*)^```/m.exec(document) ?? [];
  expect(`${messages.join("\n")}\n`).toBe(told);
  expect(findingsOf(foldValues([schema.defaults, base.value as ValueMap]), schema)).toEqual([]);
  expect(schema.defaults).toEqual({ banner: "welcome", mail: { port: 25, server: "localhost" } });
});

it("docs/schema.md lists every keyword", () => {
  const rows = [...document.matchAll(/^\| (`.*?`) \| /gm)].map(([, cell = ""]) => cell);
  const listed = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, keyword]) => keyword));
  expect(listed.sort()).toEqual([...KEYWORDS.keys()].sort());
  for (const keyword of TOP_KEYWORDS.keys()) expect(document).toContain(`\`${keyword}`);
});
