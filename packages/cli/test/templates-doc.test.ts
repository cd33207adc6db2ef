import fs from "node:fs/promises";
import { expect, it, onTestFinished } from "vitest";
import { secretWorld } from "./secret-world.ts";

it("docs/templates.md shows what its templates and commands give", async () => {
  const page = await fs.readFile(new URL("../../../docs/templates.md", import.meta.url), "utf8");
  const files = [...page.matchAll(/^```(?:liquid|json5) (\S+)\n([\s\S]*?\n)```$/gm)].map(([, file = "", text = ""]) => [
    file,
    text,
  ]);
  expect(files).toHaveLength(8);
  const shop = await secretWorld(Object.fromEntries(files));
  onTestFinished(() => shop.remove());
  await fs.rm(`${shop.root}/tmpl/shop`, { recursive: true });
  expect(await shop.facs("deploy", "dev")).toMatchObject({ code: 0 });
  const shown = [...page.matchAll(/^```console\n\$ facs (.*)\n([\s\S]*?\n)```$/gm)];
  expect(shown.length).toBe(5);
  for (const [, command = "", expected] of shown) {
    const { stdout } = await shop.facs(...command.split(" "));
    expect({ command, stdout }).toEqual({ command, stdout: expected });
  }
});
