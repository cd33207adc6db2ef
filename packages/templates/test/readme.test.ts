import fs from "node:fs/promises";
import { expect, it, onTestFinished, vi } from "vitest";
import * as api from "../src/index.ts";
import { folder } from "./world.ts";

it("the example of the README runs, and prints what it says", async () => {
  const text = await fs.readFile(new URL("../README.md", import.meta.url), "utf8");
  const [example = "", ...more] = [...text.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1] ?? "");
  expect(more).toEqual([]);
  const root = await folder({
    "tmpl/_ALL_/_DEPLOY_/etc/app.ini": "{% if shop.banner %}\nbanner = {{ shop.banner | ini }}\n{% endif %}\n",
    "tmpl/production/_TARGET_/database/etc/db.ini": "password = {{ db.password }}\n",
  });
  const file = new URL("./readme.example.ts", import.meta.url);
  await fs.writeFile(file, example.replaceAll("/srv/shop", root));
  onTestFinished(() => fs.rm(file));
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  onTestFinished(() => void log.mockRestore());
  await import(/* @vite-ignore */ file.href);
  const said = [...example.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map((match) => match[1]);
  expect(log.mock.calls.map((call) => call.join(" "))).toEqual(said);
});

it("the README lists every code that can be met", async () => {
  const text = await fs.readFile(new URL("../README.md", import.meta.url), "utf8");
  const listed = new Set(text.match(/(?<=^\| `)TEMPLATE_\w+/gm));
  const folderOf = new URL("../src/", import.meta.url);
  const names = (await fs.readdir(folderOf, { recursive: true })).filter((name) => name.endsWith(".ts"));
  const sources = await Promise.all(names.map((name) => fs.readFile(new URL(name, folderOf), "utf8")));
  expect(listed).toEqual(new Set(sources.join().match(/TEMPLATE_[A-Z]+(?:_[A-Z]+)*(?=")/g)));
  expect(Object.keys(api).sort()).toEqual(["LIMITS", "createRenderer", "landing", "linkFlaw", "readOverlay"]);
});
