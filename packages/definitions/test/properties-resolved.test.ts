import { formatPath, parseInstance } from "@facsimile/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conglomerateOf, type Definition, type Host, resolve, type Value, type ValueMap } from "../src/index.ts";
import { foldValues } from "../src/merge/fold.ts";
import { valueAt } from "../src/value.ts";
import { leafPaths, sound } from "./arbitrary.ts";
import { asLayer, combinations, naiveFold } from "./naive-fold.ts";

/** Resolves an instance of files that are only in memory, by layer name. */
async function resolved(layers: Readonly<Record<string, object>>, instance: string): Promise<Definition> {
  const texts = Object.entries(layers).map(
    ([name, body]) => [`define/${name}.json`, JSON.stringify(body, null, 1)] as const,
  );
  const conglomerate = conglomerateOf(new Map(texts), { root: "/nowhere" });
  return resolve(conglomerate, { instance: parseInstance(instance) });
}

/** The keys that no well-known one is. */
const own = ({ s1, s2, l1, m1 }: ValueMap | Definition["values"]) =>
  JSON.parse(JSON.stringify({ s1, s2, l1, m1 })) as ValueMap;

const idleOf = ({ warnings }: Definition) =>
  new Set(warnings.filter(({ code }) => code === "DIRECTIVE_IDLE").map(({ message }) => message));
const told = (idle: ReadonlySet<string>) =>
  new Set([...idle].map((each) => `${each.replace(" ", " at ")} finds nothing to work on`));

describe("through extends", () => {
  it("directives do at every position of three layers what the rules say", async () => {
    for (const kinds of combinations(3)) {
      const [bottom = {}, middle = {}, top = {}] = kinds.map(asLayer);
      let wrong = false;
      const note = () => {
        wrong = true;
      };
      foldValues([bottom, middle, top], { conflict: note, misuse: note });
      if (wrong) continue;
      const definition = await resolved(
        { facsimile: {}, bottom, middle: { extends: "bottom", ...middle }, x: { extends: ["middle"], ...top } },
        "x",
      );
      const { values, idle } = naiveFold([bottom, middle, top]);
      expect(definition.values["key"], JSON.stringify(kinds)).toEqual(values["key"]);
      expect(idleOf(definition), JSON.stringify(kinds)).toEqual(told(idle));
    }
  });
});

const CHAIN = ["facsimile", "a", "a.b", "a.b.c"] as const;
const chainOf = (maps: readonly ValueMap[]) =>
  Object.fromEntries(CHAIN.map((name, index) => [name, maps[index] ?? {}]));
const four = fc.array(sound.map, { minLength: 4, maxLength: 4 });

describe("for all chains", () => {
  it("the values are the fold, and resolving once more gives the same", async () => {
    await fc.assert(
      fc.asyncProperty(four, async (maps) => {
        const definition = await resolved(chainOf(maps), "a.b.c");
        const { values, idle } = naiveFold(maps);
        expect(own(definition.values)).toEqual(values);
        expect(idleOf(definition)).toEqual(told(idle));
        const again = await resolved(chainOf(maps), "a.b.c");
        expect([again.values, again.hosts, again.warnings, again.modules]).toStrictEqual([
          definition.values,
          definition.hosts,
          definition.warnings,
          definition.modules,
        ]);
      }),
      { numRuns: 300 },
    );
  });

  it("every value has an origin: it and all that it overrode are what each layer, were it the last, would have left", async () => {
    await fc.assert(
      fc.asyncProperty(four, async (maps) => {
        const definition = await resolved(chainOf(maps), "a.b.c");
        const upTo = await Promise.all(CHAIN.map((_, index) => resolved(chainOf(maps.slice(0, index + 1)), "a.b.c")));
        for (const path of leafPaths(own(definition.values)).filter(({ length }) => length > 0)) {
          const origin = definition.origin(path);
          expect(origin?.value, formatPath(path)).toEqual(valueAt(definition.values as ValueMap, path));
          const history = origin === undefined ? [] : [origin, ...origin.overrode];
          const places = history.map(({ layer }) => CHAIN.findIndex((name) => layer === `define/${name}.json`));
          expect(places).toEqual([...new Set(places)].sort((x, y) => y - x));
          for (const [index, { value }] of history.entries()) {
            const then = upTo[places[index] ?? -1]?.values as ValueMap;
            expect(value, formatPath(path)).toEqual(valueAt(then, path));
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("an origin's position is where its file writes the value", async () => {
    await fc.assert(
      fc.asyncProperty(four, async (maps) => {
        const definition = await resolved(chainOf(maps), "a.b.c");
        for (const path of leafPaths(own(definition.values)).filter(({ length }) => length > 0)) {
          const origin = definition.origin(path);
          const index = CHAIN.findIndex((name) => origin?.layer === `define/${name}.json`);
          const { file, line = 0, column = 0, length = 0 } = origin?.position ?? {};
          expect(file).toBe(origin?.layer);
          const row = JSON.stringify(maps[index] ?? {}, null, 1).split("\n")[line - 1] ?? "";
          const written = valueAt(maps[index], path);
          expect(row.length).toBeGreaterThanOrEqual(column + length - 1);
          if (written !== undefined && typeof written !== "object")
            expect(row.slice(column - 1, column - 1 + length)).toBe(JSON.stringify(written));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("what only the defaults say has them as its origin", async () => {
    const { values, origin } = await resolved({ facsimile: {}, x: { deploy: { keep: 3 } } }, "x");
    expect(origin(["deploy", "keep"])).toMatchObject({
      layer: "define/x.json",
      value: 3,
      overrode: [{ layer: "defaults", value: 5 }],
    });
    expect(origin(["deploy", "policy"])).toMatchObject({
      layer: "defaults",
      value: values.deploy.policy,
      overrode: [],
    });
  });
});

const BLOCKS = [
  "@system:linux",
  "@system:darwin",
  "@region:eu",
  "@region:us",
  "@target:db",
  "@target:web",
  "@host:h1",
  "@host:h2",
] as const;
const FLEET = {
  projects: { p: { repo: "x", targets: ["web", "db"] } },
  deploy: { nodes: { db: ["h2", "h3"], web: ["h1", "h2"] } },
  hosts: { h1: { region: "eu" }, h2: { region: "us", system: "darwin" }, h3: {} },
};

/** A layer with blocks in any order, and its own values between them. */
const withBlocks = fc
  .tuple(sound.map, fc.shuffledSubarray([...BLOCKS]), fc.array(sound.map, { minLength: 8, maxLength: 8 }), fc.boolean())
  .map(([body, names, values, first]): ValueMap => {
    const blocks = Object.fromEntries(names.map((name, index) => [name, values[index] ?? {}]));
    return first ? { ...blocks, ...body } : { ...body, ...blocks };
  });

/** The parts of a layer that somebody sees, weak to strong. */
function seenBy(layer: ValueMap, { system, region, targets, name }: Partial<Host>): readonly ValueMap[] {
  const names = [
    `@system:${system}`,
    `@region:${region}`,
    ...(targets ?? []).map((target) => `@target:${target}`),
    `@host:${name}`,
  ];
  const body = Object.fromEntries(Object.entries(layer).filter(([key]) => !key.startsWith("@")));
  return [body, ...names.map((each) => (layer[each] ?? {}) as ValueMap)];
}

it("for all view blocks, a host sees each layer's body, then what is for its system, region, targets and name", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(withBlocks, { minLength: 3, maxLength: 3 }),
      async ([base = {}, middle = {}, top = {}]) => {
        const layers = [base, middle, top];
        const { values, view, hosts, origin } = await resolved(
          { facsimile: { ...FLEET, ...base }, a: middle, "a.b": top },
          "a.b",
        );
        const fold = (viewer: Partial<Host>) => naiveFold(layers.flatMap((layer) => seenBy(layer, viewer))).values;
        expect(own(values)).toEqual(fold({ system: "linux" }));
        expect(hosts.map(({ name }) => name)).toEqual(["h2", "h3", "h1"]);
        for (const host of hosts) {
          const seen = own(view(host));
          expect(seen, host.name).toEqual(fold(host));
          for (const path of leafPaths(seen).filter(({ length }) => length > 0)) {
            expect(origin(path, host)?.value, `${host.name} ${formatPath(path)}`).toEqual(valueAt(seen, path));
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

const nasty = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("${home}", "$${home}", "$$${", "a ${env:USER} b", "${", "}", "$", "{{environ.X}}"),
);
const anything = fc.letrec<{ tree: Value }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    nasty,
    fc.constantFrom<Value>(null, true, 5),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "$append", "$delete", "$x", "items", "@host:x"), tie("tree"), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
}));

it("a literal is exactly what was written, whatever that is", async () => {
  await fc.assert(
    fc.asyncProperty(anything.tree, async (literal) => {
      const { values, warnings } = await resolved(
        { facsimile: { own: { k: 1 } }, x: { own: { $literal: literal } } },
        "x",
      );
      expect(values["own"]).toEqual(literal);
      expect(warnings).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

it("a literal may hold the old spellings of the Python tool", async () => {
  for (const literal of ["%HOMEDIR%/x", "{{environ.HOME}}", "{{environ.USER}}"]) {
    const { values } = await resolved({ facsimile: {}, x: { own: { $literal: literal } } }, "x");
    expect(values["own"]).toBe(literal);
  }
});
