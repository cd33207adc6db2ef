import fs from "node:fs/promises";
import { sha256 } from "@facsimile/core";
import { expect, it } from "vitest";
import { parseRelease, releaseId } from "./release.ts";

const base = {
  instance: "staging",
  project: "storefront",
  version: "1.0.0",
  hosts: { "web2.eu": "b".repeat(64), "web1.eu": "a".repeat(64) },
};
const text = (release: object) => Buffer.from(JSON.stringify(release));

it("names a release by what, version, instance and sorted trees, and by nothing else", () => {
  const lines = `release/1\nstaging\nstorefront\n1.0.0\n${"a".repeat(64)} web1.eu\n${"b".repeat(64)} web2.eu\n`;
  expect(releaseId(base)).toBe(sha256(lines));
  expect(releaseId({ ...base, ...{ built: "2026-01-01", builder: "X" } })).toBe(releaseId(base));
  expect(releaseId({ ...base, version: "1.0.1" })).not.toBe(releaseId(base));
});

it("reads what is whole and refuses what is not", () => {
  const release = { facsimile: "release/1", ...base, id: releaseId(base) };
  expect(parseRelease(text(release), "web1.eu")).toEqual(release);
  expect(() => parseRelease(text({ ...release, version: "9" }), "web1.eu")).toThrow("web1.eu is not a whole release/1");
  expect(() => parseRelease(Buffer.from("{"), "web1.eu")).toThrow("not a whole release/1");
  expect(() => parseRelease(text([]), "web1.eu")).toThrow("not a whole release/1");
  expect(() => parseRelease(text({ ...release, facsimile: "release/2" }), "x")).toThrow(
    "release/2; this version reads release/1",
  );
});

it("reads the vector of docs/formats/release-1.md", async () => {
  const text = await fs.readFile(new URL("../../../../docs/formats/release-1.md", import.meta.url), "utf8");
  const [, vector = ""] = /```json\n(.*?)```/s.exec(text) ?? [];
  const release = parseRelease(Buffer.from(vector), "the vector");
  expect(release.id).toBe(releaseId(release));
  expect(release.hooks.postcmd).toEqual([{ run: "./bin/restart" }]);
});
