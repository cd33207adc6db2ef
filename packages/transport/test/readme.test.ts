import fs from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as manifest from "@facsimile/manifest";
import { readTree, tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";
import * as transport from "../src/index.ts";

const readme = await fs.readFile(new URL("../README.md", import.meta.url), "utf8");

it("does what the README's example says", async () => {
  const home = await tree({}, { onFinished: onTestFinished });
  const [, code = ""] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? [];
  const body = code.replace(/^import (\{.*\}) from "(.*)";$/gm, 'const $1 = modules["$2"];');
  const said: unknown[] = [];
  const AsyncFunction = (async () => undefined).constructor as new (
    ...text: string[]
  ) => (...args: unknown[]) => Promise<void>;
  const example = new AsyncFunction("modules", "process", "console", body);
  const modules = { "@facsimile/manifest": manifest, "@facsimile/transport": transport };
  await example(
    modules,
    { env: { ...process.env, HOME: home } },
    { log: (...words: unknown[]) => said.push(...words) },
  );
  expect(said).toEqual([undefined, [expect.objectContaining({ path: "index.html", size: 14 })]]);
  expect(await readTree(`${home}/shop/storefront/current/`)).toEqual({ "index.html": "file 644 <h1>Hello</h1>" });
});

it("lists in the README every code that the source throws", async () => {
  const root = fileURLToPath(new URL("../src/", import.meta.url));
  const files = (await fs.readdir(root, { recursive: true })).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  const sources = await Promise.all(files.map((file) => fs.readFile(`${root}${file}`, "utf8")));
  const thrown = sources.join("\n").matchAll(/FacsimileError\(\s*"([A-Z_]+)"/g);
  const codes = [...new Set([...thrown].map(([, code]) => code))].sort();
  const [, listed = ""] = /## Error codes\n(.*)$/s.exec(readme) ?? [];
  const told = [...listed.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code).sort();
  expect(told).toEqual(codes);
});
