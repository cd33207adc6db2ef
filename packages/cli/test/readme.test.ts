import fs from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type World, world } from "./world.ts";

let shop: World;
beforeAll(async () => {
  shop = await world();
});
afterAll(() => shop.remove());

const readme = () => fs.readFile(new URL("../README.md", import.meta.url), "utf8");

it("has a README that names every command, and only commands that there are", async () => {
  const [, code = ""] = /```sh\n(.*?)```/s.exec(await readme()) ?? [];
  const named = [...code.matchAll(/^facs (\w+)/gm)].map(([, name]) => name);
  const help = (await shop.facs("--help")).stdout;
  const real = [...(help.split("Commands:")[1] ?? "").matchAll(/^ {2}(\w+) /gm)].map(([, name]) => name);
  expect([...new Set(named)].sort()).toEqual(real.sort());
});

it("has a README that names every variable that the sources read", async () => {
  const text = await readme();
  const folders = ["cli", "state"].map((name) => new URL(`../../${name}/src/`, import.meta.url));
  const sources = await Promise.all(
    folders.map(async (folder) =>
      Promise.all(
        (await fs.readdir(folder, { recursive: true }))
          .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
          .map((name) => fs.readFile(new URL(name, folder), "utf8")),
      ),
    ),
  );
  const read = sources
    .flat()
    .flatMap((source) => [...source.matchAll(/env\["(FACS_\w+|NO_COLOR)"\]/g)].map(([, name = ""]) => name));
  expect(new Set(read).size).toBeGreaterThan(5);
  expect([...new Set(read)].filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
