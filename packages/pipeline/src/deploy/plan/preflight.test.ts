import { FacsimileError, problemsOf } from "@facsimile/core";
import type { Entry, FileEntry, Manifest } from "@facsimile/manifest";
import { expect, it } from "vitest";
import type { Copy } from "../../release/release.ts";
import type { Surveyed } from "../look/survey.ts";
import { type Preflight, preflight } from "./preflight.ts";

const file = (path: string, size = 1): FileEntry => ({ path, type: "file", mode: 0o644, size, sha256: "a".repeat(64) });
const files = (count: number, prefix = "f"): Manifest => ({ entries: Array.from({ length: count }, (_, i): Entry => file(`${prefix}${i}`)) }); // biome-ignore format: one line

interface Given {
  readonly now?: Manifest;
  readonly wanted?: Manifest;
  readonly probe?: object;
  readonly strategy?: "mirror" | "releases";
  readonly way?: readonly FacsimileError[];
  readonly more?: Partial<Preflight> & { readonly projects?: readonly string[] };
}

/** What is said of one host that is to change from one tree to another. */
function said({
  now = files(20),
  wanted = files(20, "g"),
  probe = {},
  strategy = "releases",
  way = [],
  more = {},
}: Given): string[] {
  const { projects = ["shop"], protect = [], request = { allowDeletes: true } } = more;
  const found = (project: string) => ({
    place: { home: "/srv/shop", instance: "beta", project, strategy },
    options: {},
    probe: { adoption: "ours", base: `/srv/shop/${project}`, current: { dir: "t", tree: "t", release: "r" }, freeBytes: 1e9, freeInodes: 1e6, record: {}, dirs: [], unlinked: [], ...probe }, // biome-ignore format: one line
    manifest: now,
    release: undefined,
    drift: [],
    way,
  });
  const copies = projects.map((project) => ({ project, id: "i", hosts: [{ host: "web1", manifest: wanted, treeId: "u", secrets: [] }] })); // biome-ignore format: one line
  const surveyed = { reached: { host: { name: "web1" } }, projects: new Map(projects.map((project) => [project, found(project)])) }; // biome-ignore format: one line
  const [one] = preflight([surveyed as unknown as Surveyed], { copies: copies as unknown as Copy[], protect, request });
  return one?.problem === undefined ? [] : problemsOf(one.problem).map(({ code, message }) => `${code} ${message}`);
}

const shrinking = (now: number, left: number, request = {}) => said({ now: files(now), wanted: files(left), more: { request } }); // biome-ignore format: one line

it("refuses a release that lacks more than half and more than ten of the files that run, unless told otherwise", () => {
  expect(shrinking(30, 14)).toEqual(["SHRINKS web1: shop would lose 16 of its 30 files"]);
  expect(shrinking(30, 15)).toEqual([]);
  expect(shrinking(10, 0)).toEqual([]);
  expect(shrinking(11, 0)).toEqual(["SHRINKS web1: shop would lose 11 of its 11 files"]);
  expect(shrinking(30, 0, { allowDeletes: true })).toEqual([]);
});

it.each([
  [["/srv/shop"], "is /srv/shop"],
  [["/srv/shop/"], "is /srv/shop"],
  [["/data", "/srv"], "lies in /srv"],
  [["/srv/shop/uploads"], "holds /srv/shop/uploads"],
  [["/srv/shopping", "/srv/sh", "/srv/other"], undefined],
])("keeps homes away from %j", (protect, how) => {
  const told =
    how === undefined ? [] : [`HOME_REFUSED web1: /srv/shop ${how}, which deploy.protect keeps from deploys`];
  expect(said({ more: { protect } })).toEqual(told);
});

it("adds up what the projects of a home need", () => {
  const wanted = { entries: [file("g", 1e6)] };
  const probe = { freeBytes: 1.2e6 };
  expect(said({ wanted, probe })).toEqual([]);
  expect(said({ wanted, probe, more: { projects: ["shop", "ledger"] } })).toEqual([
    "NO_SPACE web1: 1.2 MB are free for /srv/shop/shop, 2.2 MB are needed",
  ]);
  expect(said({ probe: { freeInodes: 19 } })).toEqual(["NO_SPACE web1: 19 inodes are free for /srv/shop/shop, 20 are needed"]); // biome-ignore format: one line
  expect(said({ probe: { freeInodes: 0 } })).toEqual([]);
});

it("takes over nothing unless told to, and tells all that is wrong with a host", () => {
  const probe = { adoption: "foreign", owner: undefined, freeBytes: 10 };
  const codes = said({ now: files(50), probe, more: { request: {}, protect: ["/srv"] } }).map((line) => line.split(" ")[0]); // biome-ignore format: one line
  expect(codes).toEqual(["NOT_ADOPTED", "HOME_REFUSED", "SHRINKS", "NO_SPACE"]);
  expect(said({ probe: { adoption: "foreign" }, more: { request: { adopt: true, allowDeletes: true } } })).toEqual([]);
});

it("refuses what lies in the way of a mirror, unless told otherwise; and projects of one home that want the same paths", () => {
  const way = [new FacsimileError("HOME_REFUSED", "web1: a link"), new FacsimileError("NOT_ADOPTED", "web1: a file")];
  expect(said({ way })).toEqual(["HOME_REFUSED web1: a link", "NOT_ADOPTED web1: a file"]);
  expect(said({ way, more: { request: { adopt: true, allowDeletes: true } } })).toEqual(["HOME_REFUSED web1: a link"]);
  const both = { wanted: files(1), more: { projects: ["shop", "ledger"] } };
  expect(said({ ...both, strategy: "mirror" })).toEqual(["PATH_CLASH web1: in this home f0 is of shop"]);
  expect(said(both)).toEqual([]);
});
