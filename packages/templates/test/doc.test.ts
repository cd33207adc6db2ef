import fs from "node:fs/promises";
import { expect, it } from "vitest";
import { render } from "./world.ts";

it("docs/templates.md tells what each filter gives", async () => {
  const page = await fs.readFile(new URL("../../../docs/templates.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `\w+` \| `(.*)` \| `(.*)` \|$/gm)];
  expect(rows.length).toBe(13);
  for (const [, text = "", expected = ""] of rows) {
    const template = text.replaceAll("\\|", "|");
    const context = { list: ["a b", 1], map: { b: 1, a: 2 } };
    expect({ template, gives: (await render(template, context)).trimEnd() }).toEqual({ template, gives: expected });
  }
});
