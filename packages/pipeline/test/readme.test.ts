import { execFileSync } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished, vi } from "vitest";
import { init } from "../src/people/init.ts";
import { contextOf, folder } from "./world.ts";

const EXAMPLE = fileURLToPath(new URL("../../../templates-repo-example", import.meta.url));

it("has a README whose example runs, on a copy of the example", async () => {
  const root = path.join(await folder(), "shop");
  await fs.cp(EXAMPLE, root, { recursive: true, filter: (file) => !file.endsWith("/sources") });
  execFileSync(process.execPath, ["make-sources.mjs"], { cwd: root });
  const context = contextOf(root);
  await init(context);

  const [, code = ""] =
    /```ts\n(.*?)```/s.exec(await fs.readFile(new URL("../README.md", import.meta.url), "utf8")) ?? [];
  const file = new URL("./readme.example.ts", import.meta.url);
  const mine = code.replace("/srv/shop", root).replace("/home/robin/.config/facsimile", context.configDir);
  await fs.writeFile(file, mine.replace("HOME: process.env.HOME", `HOME: ${JSON.stringify(root)}`));
  onTestFinished(() => fs.rm(file));
  const log = vi.spyOn(console, "log").mockReturnValue();
  await import(/* @vite-ignore */ file.href);
  expect(log.mock.calls.map(([first]) => first)).toEqual(expect.arrayContaining(["checkout", "build", "host"]));
  expect(log.mock.lastCall).toEqual([["local"]]);
});
