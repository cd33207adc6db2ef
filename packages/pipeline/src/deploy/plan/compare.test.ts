import type { Manifest } from "@facsimile/manifest";
import { expect, it } from "vitest";
import type { Copy, HostCopy } from "../../release/release.ts";
import type { Survey } from "../look/survey.ts";
import { comparePlan, isExact, kindOf, needsTree } from "./compare.ts";

const manifest = (files: Record<string, string>): Manifest => ({
  entries: Object.entries(files).map(([path, sha256]) => ({ path, type: "file", mode: 0o644, size: 10, sha256 })),
});
const copy: Copy = {
  id: "r2",
  instance: "staging",
  project: "shop",
  version: "2",
  source: { commit: "c" },
  hosts: [],
  hooks: { precmd: [], postcmd: [], health: [] },
};
const wanted: HostCopy = {
  host: "web1",
  tree: new Map(),
  manifest: manifest({ a: "1", b: "2" }),
  treeId: "t2",
  secrets: ["passwd/shop"],
};

function found(more: {
  tree?: string;
  release?: string;
  manifest?: Manifest;
  drift?: Survey["drift"];
  confirmed?: string;
  /** The release that was confirmed. */
  known?: string;
  unlinked?: readonly string[];
  signed?: boolean;
}): Survey {
  const { tree = "t2", release = "r2", drift = [], confirmed = tree, known = release, unlinked = [] } = more;
  const current = { dir: tree, tree, release };
  const held = { id: release, trees: { [tree]: { sums: "", secrets: [] } }, hooks: copy.hooks };
  return {
    place: {},
    options: {},
    probe: {
      current,
      history: [
        { dir: "t0", release: "r0" },
        { dir: confirmed, release: known },
      ],
      unlinked,
    },
    record: undefined,
    release: held,
    manifest: more.manifest ?? wanted.manifest,
    drift,
    signed: more.signed ?? true,
  } as unknown as Survey;
}

it("leaves a host alone that holds exactly the release", () => {
  const change = comparePlan({ copy, wanted, found: found({}) });
  expect(isExact(change)).toBe(true);
  expect(change).toMatchObject({ files: 0, bytes: 0, changes: [] });
});

it("counts what the host is sent: what it lacks and what differs, not what goes", () => {
  const change = comparePlan({
    copy,
    wanted,
    found: found({ tree: "t1", release: "r1", manifest: manifest({ b: "9", c: "3" }) }),
  });
  expect(change.changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual(["missing a", "changed b", "extra c"]);
  expect(change).toMatchObject({ files: 2, bytes: 20, newSecrets: ["passwd/shop"], release: false });
  expect(needsTree(change)).toBe(true);
});

it("renews only the record when the tree is right and its release has another name", () => {
  const change = comparePlan({ copy, wanted, found: found({ release: "r1" }) });
  expect([isExact(change), needsTree(change)]).toEqual([false, false]);
});

it("puts a tree right that somebody changed by hand", () => {
  const change = comparePlan({ copy, wanted, found: found({ drift: [{ kind: "changed", path: "a" }] }) });
  expect([isExact(change), needsTree(change), change.files]).toEqual([false, true, 1]);
});

it("brings to its end what a killed run switched and did not confirm, whatever its release is called", () => {
  for (const release of ["r2", "r1"]) {
    const survey = found({ confirmed: "t1", release });
    const change = comparePlan({ copy, wanted, found: survey });
    expect([isExact(change), change.release, kindOf(change, survey)]).toEqual([false, false, "switch"]);
  }
  const renamed = found({ release: "r1" });
  expect(kindOf(comparePlan({ copy, wanted, found: renamed }), renamed)).toBe("record");
});

it("sends the record anew where the one that is there is not to be believed", () => {
  const survey = found({ signed: false });
  const change = comparePlan({ copy, wanted, found: survey });
  expect([isExact(change), change.release, kindOf(change, survey)]).toEqual([false, false, "record"]);
});

it("confirms the new name of a release that a killed run only recorded, without its commands", () => {
  const survey = found({ known: "r1" });
  const change = comparePlan({ copy, wanted, found: survey });
  expect([isExact(change), change.release, kindOf(change, survey)]).toEqual([false, false, "record"]);
});

it("brings links that are shared only now, and tells those that went as edited by hand, each once", () => {
  const survey = found({ unlinked: ["up", "var"], drift: [{ kind: "missing", path: "up" }] });
  const change = comparePlan({ copy, wanted, found: survey });
  expect(change.changes).toEqual([
    { kind: "missing", path: "var", expected: { path: "var", type: "link", target: "../../shared/var" } },
  ]);
  expect([isExact(change), kindOf(change, survey)]).toEqual([false, "tree"]);
  const only = found({ unlinked: ["var"] });
  expect(kindOf(comparePlan({ copy, wanted, found: only }), only)).toBe("tree");
});

it("takes nothing for a change of a mirror that it would leave alone: what programs may change, unless it is new", () => {
  const held = { tree: "t1", release: "r1", manifest: manifest({ b: "9", c: "3" }) };
  const options = { ignore: (path: string) => ["a", "b", "c"].includes(path) };
  const changes = (strategy: "mirror" | "releases") => {
    const place = { home: "srv", instance: "staging", project: "shop", strategy };
    const plan = comparePlan({ copy, wanted, found: { ...found(held), place, options } });
    return [plan.changes.map(({ kind, path }) => `${kind} ${path}`), plan.files];
  };
  expect(changes("mirror")).toEqual([["missing a"], 1]);
  expect(changes("releases")).toEqual([["missing a", "changed b", "extra c"], 2]);
});
