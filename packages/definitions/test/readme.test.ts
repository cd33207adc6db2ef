import fs from "node:fs/promises";
import path from "node:path";
import * as core from "@facsimile/core";
import { expect, it } from "vitest";
import { COPY_VARIABLES } from "../src/checks/groups.ts";
import * as definitions from "../src/index.ts";
import { world } from "./world.ts";

const readme = await fs.readFile(path.resolve(import.meta.dirname, "../README.md"), "utf8");
const blocks = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
  language,
  text: text ?? "",
}));
const block = (language: string) => blocks.filter((each) => each.language === language).map(({ text }) => text);

it("the example in the README prints what it says", async () => {
  const files = block("json5").map((text) => [/^\/\/ (\S+)\n/.exec(text)?.[1] ?? "", text]);
  const { root } = await world(Object.fromEntries(files));
  const lines: string[] = [];
  const console = { log: (...words: unknown[]) => lines.push(words.join(" ")) };
  const code = (block("ts")[0] ?? "").replace(/^import .*$/gm, "");
  const AsyncFunction = (async () => {}).constructor as new (
    ...names: string[]
  ) => (...values: unknown[]) => Promise<void>;
  const names = { ...core, ...definitions, console, folder: root };
  await new AsyncFunction(...Object.keys(names), code)(...Object.values(names));
  expect(`${lines.join("\n").trimEnd()}\n`).toBe(block("text")[0]);
});

it("the README names every error code, and no other", async () => {
  const folder = path.resolve(import.meta.dirname, "../src");
  const sources = (await fs.readdir(folder, { recursive: true })).filter(
    (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
  );
  const texts = await Promise.all(sources.map((name) => fs.readFile(path.join(folder, name), "utf8")));
  const thrown = texts.flatMap((text) =>
    [...text.matchAll(/"([A-Z][A-Z]*(?:_[A-Z]+)+)"/g)].map(([, code]) => code ?? ""),
  );
  const named = [...readme.matchAll(/`([A-Z][A-Z]*(?:_[A-Z]+)+)`/g)].map(([, code]) => code ?? "");
  const foreign: readonly string[] = ["BAD_NAME", "BAD_PATH", "ERR_ENCODING_INVALID_ENCODED_DATA", ...COPY_VARIABLES];
  expect([...new Set(named)].sort()).toEqual([...new Set(thrown)].filter((code) => !foreign.includes(code)).sort());
});
