import { execFile } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { tree } from "@facsimile/testing";
import { expect, it, onTestFinished } from "vitest";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
const FACS = path.join(REPOSITORY, "packages/cli/bin/facs.mjs");
const run = promisify(execFile);

it("docs/definitions.md shows what its files and commands give", async () => {
  const page = await fs.readFile(path.join(REPOSITORY, "docs/definitions.md"), "utf8");
  const files = blocks(page, "json5").map((text) => [/^\/\/ ([\w./-]+)/.exec(text)?.[1] ?? "", text] as const);
  const own = files.filter(([file]) => file.startsWith("define/"));
  expect(own).toHaveLength(5);
  const root = await tree(Object.fromEntries(own), { onFinished: onTestFinished });
  const shown = blocks(page, "console");
  expect(shown.length).toBeGreaterThan(5);
  const seen: string[] = [];
  for (const block of shown) {
    const [command = ""] = block.split("\n");
    const args = command.replace("$ facs ", "").split(" ");
    const { stdout } = await run(process.execPath, [FACS, ...args], {
      cwd: root,
      env: { ...process.env, NO_COLOR: "1" },
    });
    seen.push(`${command}\n${stdout}`.trimEnd());
  }
  expect(seen).toEqual(shown);
});

/** The texts of all code blocks of a language. */
function blocks(page: string, language: string): readonly string[] {
  const found = page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\`$`, "gm"));
  return [...found].map(([, text = ""]) => text.trimEnd());
}
