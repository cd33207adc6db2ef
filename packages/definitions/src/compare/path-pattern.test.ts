import { formatPath, parsePath } from "@facsimile/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { covers, leadsOn, parsePattern } from "./path-pattern.ts";

const covered = (pattern: string, path: string) => covers(parsePattern(pattern), parsePath(path));

describe("covers", () => {
  it("takes a path for itself and all that lies beneath it", () => {
    expect(covered("deploy.nodes", "deploy.nodes")).toBe(true);
    expect(covered("deploy.nodes", "deploy.nodes.web.list")).toBe(true);
    expect(covered("deploy.nodes", "deploy")).toBe(false);
    expect(covered("deploy.nodes", "deploy.node")).toBe(false);
    expect(covered("deploy.nodes", "deploy.nodes2")).toBe(false);
  });

  it("takes * for exactly one key, whichever it is", () => {
    expect(covered("regions.*.url", "regions.eu.url")).toBe(true);
    expect(covered("regions.*.url", 'regions."a.b".url')).toBe(true);
    expect(covered("regions.*.url", 'regions."".url')).toBe(true);
    expect(covered("regions.*.url", "regions.url")).toBe(false);
    expect(covered("regions.*.url", "regions.eu.more.url")).toBe(false);
    expect(covered("*", "banner")).toBe(true);
    expect(covered("*.*", "banner")).toBe(false);
    expect(covered("regions.*", "regions.eu.url")).toBe(true);
  });

  it("takes a star in quotes for a key of that name, and a star among other characters for a mistake", () => {
    expect(covered('globs."*"', 'globs."*"')).toBe(true);
    expect(covered('globs."*"', "globs.x")).toBe(false);
    expect(covered('"a.*.b"', '"a.*.b"')).toBe(true);
    expect(covered('"a.*.b"', "a.x.b")).toBe(false);
    expect(covered('"a\\".*.b"', '"a\\".*.b"')).toBe(true);
    for (const text of ["web*", "*web", "a.**", "a..*", "*.", ".*", "", "a b", '"a', 'a."*'])
      expect(() => parsePattern(text), text).toThrow(`${JSON.stringify(text)} is not a path of keys`);
  });

  it("says what a path looks like", () => {
    expect(() => parsePattern("hosts.db1 eu")).toThrow(
      expect.objectContaining({ code: "BAD_PATH", hint: expect.stringContaining('hosts."db1.eu"') }),
    );
  });

  it("covers every path that begins as it does, with any of its keys replaced by *", () => {
    const keys = fc.array(fc.oneof(fc.constantFrom("*", "a", '"', "."), fc.string()), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(keys, fc.array(fc.string()), fc.array(fc.boolean(), { minLength: 5 }), (path, beneath, stars) => {
        const text = path.map((key, index) => (stars[index] ? "*" : formatPath([key]))).join(".");
        expect(covers(parsePattern(text), [...path, ...beneath])).toBe(true);
        expect(covers(parsePattern(`${text}.more`), path)).toBe(false);
        expect(leadsOn(parsePattern(`${text}.more`), path)).toBe(true);
      }),
    );
  });
});
