import fc from "fast-check";
import { expect, it } from "vitest";
import { createRenderer, readOverlay } from "../src/index.ts";
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
