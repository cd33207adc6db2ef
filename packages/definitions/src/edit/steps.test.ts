import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isList, type Value, type ValueMap } from "../value.ts";
import { type Step, stepsTo } from "./steps.ts";

const kinds = (value: Value, wanted: Value) =>
  stepsTo(value, { path: [], wanted }).map(({ kind, path }) => `${kind} ${path.join(".")}`);

describe("the steps to another value", () => {
  it("are none to the same", () => {
    expect(kinds({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toEqual([]);
  });

  it("touch only what differs", () => {
    expect(kinds({ a: 1, b: { c: 2, d: 3 }, e: 4 }, { a: 1, b: { c: 5, d: 3, f: 6 } })).toEqual([
      "replace b.c",
      "insert b.f",
      "remove e",
    ]);
  });

  it("keep both ends of a list", () => {
    expect(kinds([1, 2, 3, 4], [1, 4])).toEqual(["remove 2", "remove 1"]);
    expect(kinds([1, 4], [1, 2, 3, 4])).toEqual(["insert 1", "insert 2"]);
    expect(kinds([1, { a: 1, b: 2 }, 4], [0, 1, { a: 1, b: 3 }, 4])).toEqual(["replace 0", "replace 1", "insert 2"]);
    expect(kinds([1, 1], [1, 1, 1])).toEqual(["insert 2"]);
  });

  it("replace what is empty or of another kind", () => {
    expect(kinds({}, { a: 1 })).toEqual(["replace "]);
    expect(kinds({ a: [] }, { a: [1] })).toEqual(["replace a"]);
    expect(kinds({ a: [1] }, { a: { b: 1 } })).toEqual(["replace a"]);
    expect(kinds({ a: { b: 1 } }, { a: {} })).toEqual(["remove a.b"]);
  });

  it("lead from every value to every other", () => {
    const value = fc.jsonValue({ maxDepth: 4, depthSize: "medium" }) as fc.Arbitrary<Value>;
    fc.assert(
      fc.property(value, value, (from, to) => {
        expect(stepsTo(from, { path: [], wanted: to }).reduce(taken, from)).toEqual(to);
      }),
    );
  });
});

function taken(value: Value, step: Step): Value {
  const [key, ...path] = step.path;
  if (key === undefined) return "value" in step ? step.value : value;
  const at = Number(key);
  if (path.length > 0) {
    const inner = taken((value as ValueMap)[key] as Value, { ...step, path });
    return isList(value) ? value.with(at, inner) : { ...(value as ValueMap), [key]: inner };
  }
  const put = "value" in step ? [step.value] : [];
  if (isList(value)) return value.toSpliced(at, step.kind === "insert" ? 0 : 1, ...put);
  const { [key]: _, ...rest } = value as ValueMap;
  return "value" in step ? { ...rest, [key]: step.value } : rest;
}
