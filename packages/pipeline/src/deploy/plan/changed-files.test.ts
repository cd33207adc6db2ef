import type { Difference, FileEntry, Tree } from "@facsimile/manifest";
import { describe, expect, it } from "vitest";
import type { Copy, ReleaseTree } from "../../release/release.ts";
import type { Surveyed } from "../look/survey.ts";
import { changedFiles, mayHoldSecrets } from "./changed-files.ts";

const file = (path: string, sha256: string): FileEntry => ({ path, type: "file", mode: 0o644, size: 3, sha256 });
const manifest = (files: Readonly<Record<string, string>>) => ({
  entries: Object.entries(files).map(([path, sha256]) => file(path, sha256)),
});

/** `rendered` are in memory, everything else is copied. */
function copyOf(hosts: Readonly<Record<string, Record<string, string>>>, secrets: readonly string[] = []): Copy {
  const tree = (files: Record<string, string>): Tree =>
    new Map(Object.keys(files).map((path) => [path, { type: "file", mode: 0o644, secrets, content: path.startsWith("bin/") ? { file: `/${path}` } : { bytes: Buffer.from(path) } }])); // biome-ignore format: one line
  return {
    project: "shop",
    hosts: Object.entries(hosts).map(([host, files]) => ({ host, tree: tree(files), manifest: manifest(files) })),
  } as unknown as Copy;
}

interface Held {
  readonly files: Readonly<Record<string, string>>;
  readonly drift?: readonly Difference[];
  readonly tree?: Partial<ReleaseTree> | undefined;
}

function surveyedOf(host: string, { files, drift = [], tree = { secrets: [], withheld: [] } }: Held): Surveyed {
  const release = { trees: { t1: tree } };
  const found = {
    place: {},
    options: {},
    manifest: manifest(files),
    drift,
    release,
    probe: { current: { tree: "t1" } },
  };
  return { reached: { host: { name: host } }, projects: new Map([["shop", found]]) } as unknown as Surveyed;
}

const told = (files: ReturnType<typeof changedFiles>) =>
  files.map(({ path, from, to, holders }) => [path, from.sha256, to.sha256, holders.map(({ surveyed }) => surveyed.reached.host.name)]); // biome-ignore format: one line

describe("changedFiles", () => {
  it("gives rendered files with other bytes, once for hosts that have and get the same; copied and new ones are none", () => {
    const wanted = { "etc/a": "2", "etc/same": "1", "etc/new": "1", "bin/x": "2" };
    const held = { "etc/a": "1", "etc/same": "1", "etc/old": "1", "bin/x": "1" };
    const files = changedFiles(
      [copyOf({ web1: wanted, web2: wanted, web3: { ...wanted, "etc/a": "3" } })],
      ["web1", "web2", "web3"].map((host) => surveyedOf(host, { files: held })),
    );
    expect(told(files)).toEqual([
      ["etc/a", "1", "2", ["web1", "web2"]],
      ["etc/a", "1", "3", ["web3"]],
    ]);
  });

  it("begins with what a host has, edited by hand or not", () => {
    const drift = [{ kind: "changed" as const, path: "etc/a", expected: file("etc/a", "1"), actual: file("etc/a", "9") }]; // biome-ignore format: one line
    const gone = [{ kind: "missing" as const, path: "etc/a", expected: file("etc/a", "1") }];
    const files = changedFiles(
      [copyOf({ web1: { "etc/a": "1" }, web2: { "etc/a": "1" }, web3: { "etc/a": "1" } })],
      [
        surveyedOf("web1", { files: { "etc/a": "1" } }),
        surveyedOf("web2", { files: { "etc/a": "1" }, drift }),
        surveyedOf("web3", { files: { "etc/a": "1" }, drift: gone }),
      ],
    );
    expect(told(files)).toEqual([["etc/a", "9", "1", ["web2"]]]);
    expect(files[0]?.edited).toBe(true);
  });

  it("has none of a mirror's mutable files: a deploy leaves them as they are", () => {
    const inStrategy = (strategy: string) => {
      const one = surveyedOf("web1", { files: { "cache/a": "1", "etc/a": "1" } });
      const [[project, found] = ["", undefined]] = one.projects;
      const projects = new Map([[project, { ...found, place: { strategy }, options: { ignore: (path: string) => path === "cache" } }]]); // biome-ignore format: one line
      return changedFiles([copyOf({ web1: { "cache/a": "2", "etc/a": "2" } })], [{ ...one, projects } as unknown as Surveyed]); // biome-ignore format: one line
    };
    expect(inStrategy("mirror").map(({ path }) => path)).toEqual(["etc/a"]);
    expect(inStrategy("releases").map(({ path }) => path)).toEqual(["cache/a", "etc/a"]);
  });
});

it("takes a file for one that holds secrets when it will, when it did, and when nobody can tell", () => {
  const only = (tree: Held["tree"], secrets: readonly string[] = []) => {
    const surveyed = surveyedOf("web1", { files: { "etc/a": "1" }, tree });
    const [changed] = changedFiles([copyOf({ web1: { "etc/a": "2" } }, secrets)], [surveyed]);
    return changed && mayHoldSecrets(changed);
  };
  expect(only({ secrets: [], withheld: [] })).toBe(false);
  expect(only({ secrets: ["passwd/x"], withheld: ["etc/b"] })).toBe(false);
  expect(only({ secrets: [], withheld: [] }, ["passwd/x"])).toBe(true);
  expect(only({ secrets: ["passwd/x"], withheld: ["etc/a"] })).toBe(true);
  // Of a release that does not list them.
  expect(only({ secrets: ["passwd/x"] })).toBe(true);
});
