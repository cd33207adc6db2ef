import { type KeyPath, parseInstance, parsePath, parseProject } from "@facsimile/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSource } from "../src/files/source-file.ts";
import { conglomerateOf, lint, resolve, type ValueMap, type Warning } from "../src/index.ts";
import { isMap, type Value, valueAt } from "../src/value.ts";
import { sound, wild } from "./arbitrary.ts";

type Bodies = Readonly<Record<string, ValueMap>>;

const BASE = { projects: { p: { targets: ["web"] } }, home: "x", versions: { p: "1" }, deploy: { nodes: { web: ["h", "i"] } } }; // biome-ignore format: one line

/** Four layers, each with a block for one of two hosts. */
const bodies = (map: fc.Arbitrary<ValueMap>): fc.Arbitrary<Bodies> =>
  fc.tuple(map, map, map, map, map, map).map(([base, project, first, last, host, region]) => ({
    "define/facsimile.json": { ...BASE, own: base, "@host:h": { own: host } },
    "define/p.json": { own: project },
    "define/beta.json": { own: first, "@host:i": { own: region } },
    "define/beta.x.json": { own: last },
  }));

const open = (all: Bodies) =>
  conglomerateOf(new Map(Object.entries(all).map(([file, body]) => [file, JSON.stringify(body, undefined, 1)])), { root: "/r" }); // biome-ignore format: one line

/** What every host of every instance sees. */
async function seen(all: Bodies): Promise<unknown> {
  const resolved = ["beta", "beta.x"].map((name) =>
    resolve(open(all), { instance: parseInstance(name), project: parseProject("p") }),
  );
  return (await Promise.all(resolved)).map(({ values, hosts, view }) => [values, ...hosts.map(view)]);
}

/** Where in its file a finding about a value stands. */
function placeOf(finding: Warning, { all, path }: { all: Bodies; path: KeyPath }): { file: string; at: KeyPath } {
  const { file = "", line, column } = finding.position ?? {};
  const source = parseSource({ file, text: JSON.stringify(all[file], undefined, 1) });
  const blocks: readonly KeyPath[] = [[], ["@host:h"], ["@host:i"]];
  const part = finding.code === "VALUE_REDUNDANT" ? "key" : "value";
  const at = blocks
    .map((block) => [...block, ...path])
    .find((each) => {
      const place = source.locate(each, part);
      return valueAt(source.value, each) !== undefined && place.line === line && place.column === column;
    });
  if (at === undefined) throw new Error(`no ${path.join(".")} at ${file}:${line}:${column}`);
  return { file, at };
}

function without(value: Value, [key = "", ...rest]: KeyPath): Value {
  if (!isMap(value)) return value;
  const { [key]: inner, ...others } = value;
  return rest.length === 0 || inner === undefined ? others : { ...value, [key]: without(inner, rest) };
}

const removed = (all: Bodies, { file, at }: { file: string; at: KeyPath }): Bodies => ({
  ...all,
  [file]: without(all[file] ?? {}, at) as ValueMap,
});

const pathIn = (message: string) => parsePath(/(?:^|at )((?:"(?:[^"\\]|\\.)*"|[^ "])+) (?:is what|finds)/.exec(message)?.[1] ?? ""); // biome-ignore format: one line

describe("for all layers", () => {
  it("nobody sees anything else when what is told to be redundant is taken out, all of it", async () => {
    let told = 0;
    await fc.assert(
      fc.asyncProperty(bodies(sound.map), async (all) => {
        const { findings } = await lint(open(all));
        const redundant = findings.filter(({ code }) => code === "VALUE_REDUNDANT");
        told += redundant.length;
        const left = redundant
          .map((finding) => placeOf(finding, { all, path: pathIn(finding.message) }))
          .reduce(removed, all);
        expect(await seen(left)).toStrictEqual(await seen(all));
      }),
      { numRuns: 200 },
    );
    expect(told).toBeGreaterThan(20);
  });

  it("nobody sees anything else when a directive is taken out that is told to be idle", async () => {
    let told = 0;
    await fc.assert(
      fc.asyncProperty(bodies(sound.map), async (all) => {
        const { findings } = await lint(open(all));
        for (const finding of findings.filter(({ code, message }) => code === "DIRECTIVE_IDLE" && /^\$delete at own(?:\.\w+)+ /.test(message))) {
          const path = pathIn(finding.message);
          told++;
          expect(await seen(removed(all, placeOf(finding, { all, path })))).toStrictEqual(await seen(all));
        } // biome-ignore format: one condition
      }),
      { numRuns: 200 },
    );
    expect(told).toBeGreaterThan(20);
  });

  it("whatever they hold, it ends with a report: each problem and finding once, sorted by place", async () => {
    await fc.assert(
      fc.asyncProperty(bodies(wild.map), async (all) => {
        const { problems, findings, instances } = await lint(open(all));
        expect(instances).toEqual(["beta", "beta.x"]);
        const ids = [...problems.map(({ error }) => error), ...findings].map(({ code, message, position }) =>
          JSON.stringify([code, message, position]),
        );
        expect(new Set(ids).size).toBe(ids.length);
        const lines = findings.map(({ position }) => `${position?.file} ${String(position?.line).padStart(6)}`);
        expect(lines).toEqual([...lines].sort());
      }),
      { numRuns: 200 },
    );
  });
});
