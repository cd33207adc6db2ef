import { isDeepStrictEqual } from "node:util";
import { formatPath } from "@facsimile/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Value, ValueMap } from "../src/index.ts";
import { foldValues } from "../src/merge/fold.ts";
import { entryOf, isMap } from "../src/value.ts";
import { allKeys, deepFreeze, plain, sound, wild } from "./arbitrary.ts";
import { asLayer, combinations, KINDS, naiveFold } from "./naive-fold.ts";

const layers = (map: fc.Arbitrary<ValueMap>) => fc.array(map, { minLength: 1, maxLength: 5 });

/** A fold, and what it says as it goes. */
function traced(maps: readonly ValueMap[]) {
  const told = { conflicts: new Set<string>(), misuses: new Set<string>(), idle: new Set<string>() };
  const values = foldValues(maps, {
    conflict: (path) => told.conflicts.add(formatPath(path)),
    misuse: (path) => told.misuses.add(formatPath(path)),
    idle: (path, directive) => told.idle.add(`${directive} ${formatPath(path)}`),
  });
  return { values, ...told };
}

describe("for all layers, whatever they hold", () => {
  it("what is folded stays as it was, frozen or not, and frozen layers give the same", () => {
    fc.assert(
      fc.property(layers(wild.map), (maps) => {
        const before = structuredClone(maps);
        const loose = traced(maps);
        expect(maps).toStrictEqual(before);
        expect(traced(maps.map(deepFreeze))).toStrictEqual(loose);
        expect(maps).toStrictEqual(before);
      }),
      { numRuns: 1000 },
    );
  });

  it("no directive is left over: no key begins with $ but that of a secret, or in a literal", () => {
    fc.assert(
      fc.property(layers(wild.map), (maps) => {
        fc.pre(!JSON.stringify(maps).includes("$literal"));
        const { values } = traced(maps);
        expect(allKeys(values).filter((key) => key.startsWith("$") && key !== "$secret")).toEqual([]);
        expect(JSON.stringify(values).replaceAll(/\{"\$secret":"[^"]*"\}/g, "")).not.toContain("$secret");
      }),
      { numRuns: 1000 },
    );
  });

  it("the first layers can be folded before the others come", () => {
    fc.assert(
      fc.property(layers(wild.map), fc.nat(5), (maps, cut) => {
        // What a literal brought would be read for directives once more, were it written in a layer.
        fc.pre(!JSON.stringify(maps).includes("$literal"));
        const first = foldValues(maps.slice(0, cut));
        expect(foldValues([first, ...maps.slice(cut)])).toStrictEqual(foldValues(maps));
      }),
      { numRuns: 1000 },
    );
  });

  it("a second fold gives the same as the first, and equal parts need not be the identical object", () => {
    fc.assert(
      fc.property(layers(wild.map), (maps) => {
        const copies = maps.map((map) => deepFreeze(structuredClone(map)));
        expect(traced(copies)).toStrictEqual(traced(maps.map(deepFreeze)));
        expect(traced(copies)).toStrictEqual(traced(maps));
      }),
    );
  });
});

describe("for all layers without directives", () => {
  it("keys stand in the order of first mention, at every depth", () => {
    fc.assert(
      fc.property(layers(plain.map), (maps) => {
        const { values, conflicts } = traced(maps);
        fc.pre(conflicts.size === 0 && !JSON.stringify(maps).includes("null"));
        expectOrder(values, maps);
      }),
      { numRuns: 1000 },
    );
  });

  it("an empty layer changes nothing, wherever it lies", () => {
    fc.assert(
      fc.property(layers(plain.map), fc.nat(5), (maps, at) => {
        expect(foldValues(maps.toSpliced(at, 0, {}))).toStrictEqual(foldValues(maps));
        expect(foldValues([maps[0] as ValueMap])).toStrictEqual(maps[0]);
      }),
    );
  });

  it("any neighbours can be folded first, where no null parts a map from what is below it", () => {
    fc.assert(
      fc.property(layers(plain.map), fc.nat(4), fc.nat(4), (maps, from, length) => {
        fc.pre(traced(maps).conflicts.size === 0 && !JSON.stringify(maps).includes("null"));
        const inner = foldValues(maps.slice(from, from + length));
        expect(foldValues([...maps.slice(0, from), inner, ...maps.slice(from + length)])).toEqual(foldValues(maps));
      }),
      { numRuns: 1000 },
    );
  });
});

function expectOrder(values: ValueMap, maps: readonly Value[]): void {
  const own = maps.filter(isMap);
  expect(Object.keys(values)).toEqual([...new Set(own.flatMap((map) => Object.keys(map)))]);
  for (const [key, value] of Object.entries(values)) {
    if (isMap(value))
      expectOrder(
        value,
        own.flatMap((map) => entryOf(map, key) ?? []),
      );
  }
}

describe("directives", () => {
  it.each([1, 2, 3, 4])(
    "do at every position of %i layers what the rules say, and are idle where they hit nothing",
    (length) => {
      const frozen = new Map(KINDS.map((kind) => [kind, deepFreeze(asLayer(kind))]));
      for (const kinds of combinations(length)) {
        const expected = naiveFold(kinds.map(asLayer));
        const { values, idle, misuses } = traced(kinds.map((kind) => frozen.get(kind) ?? {}));
        if (!isDeepStrictEqual(values, expected.values)) expect(values, JSON.stringify(kinds)).toEqual(expected.values);
        if (misuses.size === 0 && !isDeepStrictEqual(idle, expected.idle))
          expect(idle, JSON.stringify(kinds)).toEqual(expected.idle);
      }
    },
  );

  it("do so at every depth of any layers without a mistake", () => {
    fc.assert(
      fc.property(layers(sound.map), (maps) => {
        const { conflicts, misuses, ...rest } = traced(maps);
        expect([...conflicts, ...misuses]).toEqual([]);
        expect(rest).toStrictEqual(naiveFold(maps));
      }),
      { numRuns: 2000 },
    );
  });
});
