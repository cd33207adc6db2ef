import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { KEYWORDS, TOP_KEYWORDS } from "../src/user-schema/keywords.ts";
import { problems, world } from "./world.ts";

const document = fs.readFileSync(path.join(import.meta.dirname, "../../../docs/schema.md"), "utf8");

/** The files that the example shows. */
const shown = Object.fromEntries(
  [...document.matchAll(/^```json5\n\/\/ (define\/(?:schema|facsimile|staging)\.json5)\n[^`]*^```/gm)].map(
    ([block, name = ""]) => [name, block.slice("```json5\n".length, -"```".length)],
  ),
);

it("docs/schema.md: the example is refused for what the document says", async () => {
  const { resolve } = await world(shown);
  const found = (await problems(resolve("staging"))).map((each) =>
    each.replace(/^[A-Z_]+ /, "").replace(/ \([^()]*\)$/, ""),
  );
  const [, told] = /^```text\n([^`]*)^```/m.exec(document) ?? [];
  expect(`${found.join("\n")}\n`).toBe(told);
});

it("docs/schema.md: once that is mended, it gives what the document says", async () => {
  const { resolve } = await world({ ...shown, "define/staging.json5": "{}" });
  const { values, warnings } = await resolve("staging");
  expect(values).toMatchObject({
    banner: "welcome",
    mail: { from: "shop@example.org", port: 25, server: "localhost" },
  });
  expect(warnings).toEqual([]);
});

it("docs/schema.md lists every keyword", () => {
  const rows = [...document.matchAll(/^\| (`.*?`) \| /gm)].map(([, cell = ""]) => cell);
  const listed = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, keyword]) => keyword));
  expect(listed.sort()).toEqual([...KEYWORDS.keys()].sort());
  for (const keyword of TOP_KEYWORDS.keys()) expect(document).toContain(`\`${keyword}`);
});
