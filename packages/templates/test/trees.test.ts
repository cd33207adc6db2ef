import fs from "node:fs/promises";
import type { TreeItem } from "@facsimile/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createRenderer, readOverlay, type TreeNode } from "../src/index.ts";
import { trimTagLines } from "../src/liquid/lines.ts";
import { type Files, layer, render, shown } from "./world.ts";

// Text that is no template must come out as it went in, whatever its names and bytes.
it("any files without templates come out byte by byte, by any name", async () => {
  const name = fc.string({ unit: fc.constantFrom("a", " ", "\n", "\\", "'", '"', "-", "é", "💾", "{{"), minLength: 1, maxLength: 4 }); // biome-ignore format: one line
  const text = fc.string({ unit: fc.constantFrom("a", "{", "%", "}", "\r", "\n", "é", "#", " ") });
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, text, { noNullPrototype: true, maxKeys: 6 }), async (files) => {
      const plain = Object.entries(files).filter(([, value]) => !/\{[{%#]/.test(value));
      const overlay: Files = Object.fromEntries(plain.map(([path, value]) => [`_DEPLOY_/${path}`, value]));
      const { tree } = createRenderer(await readOverlay([await layer(overlay)]));
      expect(await shown(await tree({ context: {}, targets: [] }))).toEqual(Object.fromEntries(plain));
    }),
    { numRuns: 50 },
  );
});

it("any tree of files, folders and links comes out with its modes, bytes and targets", async () => {
  const name = fc.string({ unit: fc.constantFrom("a", "b", ".", " ", "é", "-", "~"), minLength: 1, maxLength: 3 });
  const path = fc.array(
    name.filter((part) => part !== "." && part !== ".."),
    { minLength: 1, maxLength: 3 },
  );
  const mode = fc.constantFrom(0o644, 0o755, 0o600, 0o700, 0o640, 0o444, 0o555);
  const bytes = fc
    .uint8Array({ maxLength: 8 })
    .map((all) => Uint8Array.from(all, (byte) => SOME[byte % SOME.length] ?? 0));
  const item = fc.oneof(
    fc.record({ content: bytes, mode }),
    fc.record({ dir: fc.constantFrom(0o755, 0o700, 0o750) }),
    fc.record({ link: path.map((parts) => parts.join("/")) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(path, item), { maxLength: 8 }), async (entries) => {
      const given = apart(entries.map(([parts, one]) => [parts.join("/"), one] as const));
      const files = Object.fromEntries(given.map(([file, one]) => [`_DEPLOY_/${file}`, one]));
      const { tree } = createRenderer(await readOverlay([await layer(files)]));
      const made = await tree({ context: {}, targets: [] });
      for (const [file, one] of given) expect([file, await seen(made.get(file))]).toEqual([file, one]);
    }),
    { numRuns: 150 },
  );
});

/** Bytes that tell apart what is text from what is not: no `{`, for that would be a template. */
const SOME = [0, 0x0a, 0x0d, 0x25, 0x61, 0x7d, 0xc3, 0xa9, 0xff];

/** Without what lies at or below another. */
function apart<T>(entries: readonly (readonly [string, T])[]): (readonly [string, T])[] {
  return entries.filter(
    ([file], index) => !entries.some(([other], at) => at !== index && (other.startsWith(`${file}/`) || file.startsWith(`${other}/`) || (other === file && at < index))), // biome-ignore format: one line
  );
}

async function seen(node: TreeNode | undefined): Promise<TreeItem | undefined> {
  if (node?.type === "dir") return { dir: node.mode };
  if (node?.type === "link") return { link: node.target };
  if (node === undefined) return undefined;
  const content = "bytes" in node.content ? node.content.bytes : await fs.readFile(node.content.file);
  return { content: Uint8Array.from(content), mode: node.mode };
}

it("taking away lines of tags changes nothing else: what remains is the text's other lines", async () => {
  const line = fc.constantFrom("text", "  {{ 1 }} ", " {% assign a = 1 %}", "{% if true %}x{% endif %}", "", "\t", "{% # note %} {% # more %}"); // biome-ignore format: one line
  const end = fc.constantFrom("\n", "\r\n");
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(line, end), { maxLength: 8 }), async (lines) => {
      const left = lines.filter(([text]) => !/^\s*\{% (?:assign|#)/.test(text));
      const expected = left.map(([text, newline]) => text.replace("{{ 1 }}", "1").replace(/\{%.*?%\}/g, "") + newline);
      expect(await render(lines.flat().join(""))).toBe(expected.join(""));
    }),
    { numRuns: 200 },
  );
});

it("no tokens are no trouble", () => {
  expect(() => trimTagLines([])).not.toThrow();
});
