import { compareBytes } from "@facsimile/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Entry, formatManifest, type Manifest, parseManifest, treeId } from "./index.ts";

const sha = "a".repeat(64);
const head = '{"facsimile":"manifest/1"}\n';

describe("manifest/1", () => {
  it("is one line for the format and one per path, keys in a fixed order", () => {
    const manifest: Manifest = {
      entries: [
        { path: "bin", type: "dir", mode: 0o755 },
        { path: "bin/run", type: "file", mode: 0o6, size: 3, sha256: sha },
        { path: "now", type: "link", target: "bin" },
      ],
    };
    expect(formatManifest(manifest)).toBe(
      `${head}{"path":"bin","type":"dir","mode":"0755"}\n` +
        `{"path":"bin/run","type":"file","mode":"0006","size":3,"sha256":"${sha}"}\n` +
        '{"path":"now","type":"link","target":"bin"}\n',
    );
    expect(parseManifest(formatManifest(manifest))).toEqual(manifest);
  });

  it("reads back any tree, and gives equal ids to equal trees only", () => {
    fc.assert(
      fc.property(manifests, manifests, (a, b) => {
        expect(parseManifest(formatManifest(a))).toEqual(a);
        expect(treeId(a) === treeId(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  it("lets no single changed byte of a listing go unnoticed by the id", () => {
    fc.assert(
      fc.property(manifests, fc.nat(), fc.integer({ min: 1, max: 127 }), (manifest, at, by) => {
        const bytes = Buffer.from(formatManifest(manifest));
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ by;
        expect(reread(bytes.toString())).not.toBe(treeId(manifest));
      }),
    );
  });

  it.each([
    ["", 1],
    ["{}\n", 1],
    [head.trim(), 1],
    [`${head}{"path":"a","type":"dir","mode":"0755"}`, 2],
    [`${head}{"path":"a", "type":"dir","mode":"0755"}\n`, 2],
    [`${head}{"path":"a","type":"dir","mode":"755"}\n`, 2],
    [`${head}{"path":"a","type":"dir","mode":"0755","x":1}\n`, 2],
    [`${head}{"path":"a","type":"file","mode":"0755","size":-1,"sha256":"${sha}"}\n`, 2],
    [`${head}{"path":"a","type":"file","mode":"0755","size":1,"sha256":"${sha.toUpperCase()}"}\n`, 2],
    [`${head}{"path":"a","type":"link","target":""}\n`, 2],
    [`${head}{"path":"../a","type":"link","target":"b"}\n`, 2],
    [`${head}{"path":"a/b","type":"link","target":"b"}\n`, 2],
    [`${head}{"path":"b","type":"link","target":"b"}\n{"path":"a","type":"link","target":"b"}\n`, 3],
    [`${head}{"path":"a","type":"link","target":"b"}\n{"path":"a","type":"link","target":"b"}\n`, 3],
    [`${head}\n`, 2],
    [`${head}null\n`, 2],
  ])("refuses %j, naming line %i", (text, line) => {
    expect(() => parseManifest(text)).toThrow(expect.objectContaining({ code: "MANIFEST_INVALID" }));
    expect(() => parseManifest(text)).toThrow(`line ${line}:`);
  });

  it("names a format that is newer than the reader", () => {
    const newer = () => parseManifest('{"facsimile":"manifest/2","more":1}\n');
    expect(newer).toThrow(expect.objectContaining({ code: "MANIFEST_NEWER" }));
    expect(newer).toThrow("manifest/2");
  });
});

function reread(text: string): string {
  try {
    return treeId(parseManifest(text));
  } catch {
    return "refused";
  }
}

const part = fc
  .string({ unit: fc.constantFrom("a", "b", " ", "\n", "\\", '"', "-", "é", "💾", "\r"), minLength: 1, maxLength: 3 })
  .filter((text) => text !== "." && text !== "..");

const leaf = fc.oneof(
  fc.record({ type: fc.constant("dir" as const), mode: fc.nat({ max: 0o7777 }) }),
  fc.record({ type: fc.constant("link" as const), target: fc.string({ minLength: 1 }) }),
  fc.record({
    type: fc.constant("file" as const),
    mode: fc.nat({ max: 0o7777 }),
    size: fc.nat(),
    sha256: fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 64, maxLength: 64 }),
  }),
);

// A child may only lie in a folder: what is listed under anything else is dropped.
const manifests: fc.Arbitrary<Manifest> = fc
  .array(fc.tuple(fc.array(part, { minLength: 1, maxLength: 3 }), leaf), { maxLength: 8 })
  .map((rows) => {
    const entries = new Map<string, Entry>();
    for (const [parts, node] of rows) {
      parts.slice(0, -1).forEach((_, index) => {
        const path = parts.slice(0, index + 1).join("/");
        entries.set(path, { path, type: "dir", mode: 0o755 });
      });
      const path = parts.join("/");
      if (!entries.has(path)) entries.set(path, { path, ...node });
    }
    return { entries: [...entries.values()].sort((a, b) => compareBytes(a.path, b.path)) };
  });
