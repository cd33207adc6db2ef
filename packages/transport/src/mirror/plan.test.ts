import type { Entry, Manifest } from "@facsimile/manifest";
import { expect, it } from "vitest";
import { type MirrorRequest, planMirror } from "./plan.ts";

const file = (path: string, sha256 = "1", mode = 0o644): Entry => ({ path, type: "file", mode, size: 1, sha256 });
const dir = (path: string, mode = 0o755): Entry => ({ path, type: "dir", mode });
const link = (path: string, target = "x"): Entry => ({ path, type: "link", target });
const manifest = (...entries: Entry[]): Manifest => ({ entries });

function plan(request: Partial<MirrorRequest>) {
  const none = manifest();
  const found = planMirror({
    project: "shop",
    wanted: none,
    last: none,
    actual: none,
    ignore: () => false,
    ...request,
  });
  const names = (entries: readonly { readonly path: string }[]) => entries.map(({ path }) => path);
  const { puts, made, dropped, closed, ...rest } = found;
  const all = { ...rest, puts: names(puts), made: names(made), dropped: names(dropped), closed: names(closed) };
  return Object.fromEntries(Object.entries(all).filter(([, list]) => list.length > 0));
}

it("puts what differs, and nothing where all is the same", () => {
  const wanted = manifest(dir("a"), file("a/x"), file("b"), link("l"));
  expect(plan({ wanted })).toEqual({ made: ["a"], puts: ["a/x", "b", "l"] });
  expect(plan({ wanted, actual: wanted })).toEqual({});
  const actual = manifest(dir("a", 0o700), file("a/x", "2"), file("b", "1", 0o600), link("l", "y"));
  expect(plan({ wanted, last: wanted, actual })).toEqual({ puts: ["a/x", "b", "l"], modes: [{ path: "a", from: 0o700, to: 0o755 }] }); // biome-ignore format: one line
});

it("removes what the last run put there, and what else is in the project's folder if the tree has one", () => {
  const last = manifest(dir("old"), file("old/x"), dir("shop"), file("shop/a"));
  const actual = manifest(dir("old"), file("old/x"), file("hers"), dir("shop"), file("shop/a"), dir("shop/d"), file("shop/d/stray")); // biome-ignore format: one line
  expect(plan({ wanted: manifest(dir("shop")), last, actual })).toEqual({ gone: ["old/x", "shop/a", "shop/d/stray"], dropped: ["shop/d", "old"] }); // biome-ignore format: one line
  expect(plan({ wanted: manifest(), last, actual })).toEqual({ gone: ["old/x", "shop/a"], dropped: ["shop", "old"] });
});

it("lets what is of another kind make way", () => {
  const last = manifest(dir("a"), file("a/x"), file("b"));
  expect(plan({ wanted: manifest(file("a"), dir("b"), file("b/y")), last, actual: last })).toEqual({
    puts: ["a", "b/y"],
    made: ["b"],
    gone: ["a/x", "b"],
    dropped: ["a"],
  });
});

it("touches nothing that programs may change, nor the folders that hold it, and puts it only where it is missing", () => {
  const ignore = (path: string) => path.endsWith(".log");
  const wanted = manifest(dir("shop"), file("shop/a.log", "9"));
  const actual = manifest(dir("shop"), dir("shop/d"), file("shop/d/b.log"), file("shop/a.log"));
  expect(plan({ wanted, actual, ignore })).toEqual({});
  expect(plan({ wanted, ignore })).toEqual({ made: ["shop"], puts: ["shop/a.log"] });
});

it("names what nobody deployed, links on the way, and folders that forbid the work; nothing beyond a link is there", () => {
  const wanted = manifest(dir("etc"), file("etc/x"), file("hers"));
  const actual = manifest(link("etc"), file("etc/x"), file("hers", "2"));
  expect(plan({ wanted, actual })).toMatchObject({ foreign: ["hers"], links: ["etc"], puts: ["etc/x", "hers"] });
  expect(plan({ wanted, actual: manifest(link("etc"), file("hers")), last: manifest(link("etc")) })).toEqual({ gone: ["etc"], made: ["etc"], puts: ["etc/x"] }); // biome-ignore format: one line
  expect(plan({ wanted: manifest(dir("c", 0o555), file("c/x")), actual: manifest(dir("c", 0o555)) })).toEqual({ puts: ["c/x"], closed: ["c"] }); // biome-ignore format: one line
});
