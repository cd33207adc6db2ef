import fc from "fast-check";
import { expect, it } from "vitest";
import { formatSums, parseSums } from "./index.ts";

const sha256 = "0123456789abcdef".repeat(4);
const entry = (path: string) => ({ path, type: "file", mode: 0o644, size: 0, sha256 }) as const;

it("lists files only, in the form of sha256sum", () => {
  const entries = [{ path: "d", type: "dir", mode: 0o755 }, entry("d/a"), entry("-"), { path: "l", type: "link", target: "d" }] as const; // biome-ignore format: one line
  expect(formatSums({ entries })).toBe(`${sha256}  d/a\n${sha256}  ./-\n`);
});

it("escapes as coreutils do", () => {
  expect(formatSums({ entries: [entry("a\n\\\r")] })).toBe(`\\${sha256}  a\\n\\\\\\r\n`);
});

it("reads back every name", () => {
  const name = fc.string({ unit: fc.constantFrom("a", "\n", "\\", "\r", " ", "*", "n", "é", "-", "."), minLength: 1 });
  fc.assert(
    fc.property(name, (path) => {
      fc.pre(!path.startsWith("./"));
      expect(parseSums(formatSums({ entries: [entry(path)] }))).toEqual([{ path, sha256 }]);
    }),
  );
});

it("reads the binary form, and names with ./ before them", () => {
  expect(parseSums(`${sha256} *./a\n`)).toEqual([{ path: "a", sha256 }]);
});

it.each(["x\n", `${sha256}  `, `${sha256} a\n`, `${sha256}  \n`, `\\${sha256}  a\\x\n`, `\\${sha256}  a\\\n`, "\n"])(
  "refuses %j",
  (text) => {
    expect(() => parseSums(text)).toThrow(expect.objectContaining({ code: "SUMS_INVALID" }));
    expect(() => parseSums(text)).toThrow("line 1");
  },
);
