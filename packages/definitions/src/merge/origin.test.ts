import fc from "fast-check";
import { expect, it } from "vitest";
import { isMap, type Value, type ValueMap, valueAt } from "../value.ts";
import { foldValues } from "./fold.ts";
import { originOf } from "./origin.ts";
import type { Layer } from "./steps.ts";
import { type Step, stepAt } from "./steps.ts";

const steps = (maps: readonly ValueMap[]): Step[] =>
  maps.map((values, index) => {
    const layer: Layer = { name: `layer ${index}`, root: "set", role: "set", source: undefined, at: [], body: values };
    return stepAt([], { layer, view: undefined, values });
  });

const key = fc.constantFrom("a", "b", "name");
const { tree } = fc.letrec<{ tree: Value }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constantFrom<Value>(null, 1, "x"),
    fc.array(tie("tree"), { maxLength: 2 }),
    fc.dictionary(key, tie("tree"), { maxKeys: 3 }),
    fc.record({ $append: fc.array(tie("tree"), { maxLength: 2 }) }),
    fc.record({ $delete: fc.constant(true) }),
    fc.record({ $replace: tie("tree") }),
    fc.record({ $mergeBy: fc.constant("name"), items: fc.array(tie("tree"), { maxLength: 2 }) }),
  ),
}));
const layers = fc.array(fc.dictionary(key, tree, { maxKeys: 3 }), { minLength: 1, maxLength: 4 });

function paths(value: Value | undefined, above: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [above];
  const inner = Object.entries(value).flatMap(([each, deeper]) => paths(deeper as Value, [...above, each]));
  return above.length === 0 ? inner : [above, ...inner];
}

it("the history of every path ends with the value that the fold gives", () => {
  fc.assert(
    fc.property(layers, (maps) => {
      const folded = foldValues(maps);
      for (const path of paths(folded)) {
        const origin = originOf(steps(maps), path);
        const value = valueAt(folded, path);
        // A map's history has the layers that write into it; what the last of them left there is the fold's value.
        expect(origin?.value, path.join(".")).toEqual(value);
      }
    }),
  );
});

it("a layer that does not reach a path is not in its history", () => {
  fc.assert(
    fc.property(layers, fc.dictionary(fc.constantFrom("z", "y"), fc.integer(), { minKeys: 1 }), (maps, other) => {
      const folded = foldValues(maps);
      for (const path of paths(folded))
        expect(originOf(steps([...maps, other]), path)?.layer).not.toBe(`layer ${maps.length}`);
    }),
  );
});

it("a path that nothing sets, or that was deleted, has no value", () => {
  expect(originOf(steps([{ a: 1 }]), ["b"])).toBeUndefined();
  expect(originOf(steps([{ a: 1 }, { a: { $delete: true } }]), ["a"])).toMatchObject({
    value: undefined,
    overrode: [{ value: 1 }],
  });
  expect(isMap(originOf(steps([{ a: { b: 1 } }, { a: { c: 2 } }]), ["a"])?.value)).toBe(true);
});
