import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const SRC = path.join(import.meta.dirname, "../src");

/** What importing a file loads, without what is imported for its types or when it is needed. */
function loadedBy(file: string, found = new Set<string>()): ReadonlySet<string> {
  for (const [, what = "", from = ""] of fs.readFileSync(file, "utf8").matchAll(IMPORT)) {
    const names = /^\{(.*)\}$/s.exec(what.trim())?.[1]?.split(",") ?? [what];
    if (names.every((name) => name.trim() === "" || name.trim().startsWith("type "))) continue;
    const target = from.startsWith(".") ? path.resolve(file, "..", from) : from;
    if (found.has(target)) continue;
    found.add(target);
    if (from.startsWith(".")) loadedBy(target, found);
  }
  return found;
}

const IMPORT = /^(?:import|export) (?!type )([^;]*?) ?from "([^"]+)";/gms;

it("what talks to hosts and renders is not loaded by commands that do neither", () => {
  const heavy = (file: string) =>
    [...loadedBy(path.join(SRC, file))].filter(
      (each) => /^@facsimile\/(?:transport|templates|manifest)$|^[a-z]/.test(each) && !each.startsWith("node:"),
    );
  expect(heavy("index.ts")).toEqual([]);
  expect(heavy("deploy/deploy.ts")).toEqual(
    expect.arrayContaining(["@facsimile/transport", "@facsimile/templates", "picomatch"]),
  );
});
