import type { KeyPath } from "@facsimile/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isNode, isSeq, isMap as isYamlMap, parseDocument } from "yaml";
import { editText } from "../src/edit/text.ts";
import { json5Tree } from "../src/files/json5-tree.ts";
import { parseSource } from "../src/files/source-file.ts";
import { findRange } from "../src/files/text-tree.ts";
import { entryOf, isList, isMap, nest, type Value, type ValueMap, valueAt } from "../src/value.ts";
import { anyValue, dice, name, plain, type Roll, roller, type Styled, styled } from "./styled.ts";

const RUNS = { numRuns: 150 };
const spot = fc.record({ numbers: dice, fresh: name });

describe.each(["x.json5", "x.json", "x.yaml"])("for all texts of %s and all changes", (file) => {
  it("what is set is there, nothing else has changed, and comments stay where nothing goes", () => {
    fc.assert(
      fc.property(styled(file), spot, anyValue, (source, { numbers, fresh }, value) => {
        const path = pathIn(source.value, { roll: roller(numbers), fresh });
        fc.pre(leads(source.value, path));
        const after = editText(source, { path, value }) ?? "refused";
        expect(parseSource({ file, text: after }).value).toEqual(put(source.value, { path, value: plain(value) }));
        const old = valueAt(source.value, path);
        if (typeof old !== "object" || old === null) expect(commentsOf(after)).toEqual(commentsOf(source.text));
        expect(editText({ file, text: after }, { path, value })).toBe(after);
      }),
      RUNS,
    );
  });

  it("what is taken out is gone, and only the comments of its lines are", () => {
    fc.assert(
      fc.property(styled(file), spot, (source, { numbers, fresh }) => {
        const path = pathIn(source.value, { roll: roller(numbers), fresh });
        fc.pre(
          path.length > 0 &&
            isMap(valueAt(source.value, path.slice(0, -1))) &&
            valueAt(source.value, path) !== undefined,
        );
        const after = editText(source, { path, value: undefined }) ?? "refused";
        expect(parseSource({ file, text: after }).value).toEqual(drop(source.value, path));
        const kept = commentsOf(after);
        const lost = commentsOf(source.text).filter((each) => !kept.includes(each));
        expect(commentsOf(linesOf(source, path))).toEqual(expect.arrayContaining(lost));
        expect(editText({ file, text: after }, { path, value: undefined })).toBe(after);
      }),
      RUNS,
    );
  });

  it("a map or list becomes another", () => {
    fc.assert(
      fc.property(styled(file), spot, dice, (source, { numbers, fresh }, changes) => {
        const path = pathIn(source.value, { roll: roller(numbers), fresh });
        const old = valueAt(source.value, path);
        fc.pre(path.length > 0 && old !== undefined);
        const value = changed(old as Value, roller(changes));
        const after = editText(source, { path, value }) ?? "refused";
        expect(parseSource({ file, text: after }).value).toEqual(put(source.value, { path, value }));
      }),
      RUNS,
    );
  });

  it("what was not there is not there again, to the byte, after it was set and taken out", () => {
    fc.assert(
      fc.property(styled(file), spot, anyValue, (source, { numbers, fresh }, value) => {
        const parent = mapIn(source.value, roller(numbers));
        const path = [...parent, fresh];
        fc.pre(valueAt(source.value, path) === undefined);
        fc.pre(Object.keys(valueAt(source.value, parent) ?? {}).length > 0);
        const set = editText(source, { path, value }) ?? "refused";
        expect(editText({ file, text: set }, { path, value: undefined })).toBe(source.text);
      }),
      RUNS,
    );
  });
});

/** A path that leads to something, or to where something could be. */
function pathIn(value: Value, { roll, fresh }: { roll: Roll; fresh: string }): KeyPath {
  const inner = (key: string) => [key, ...(roll(3) === 0 ? [] : pathIn(entryOf(value, key) as Value, { roll, fresh }))];
  if (isList(value)) return value.length === 0 ? [] : inner(String(roll(value.length)));
  if (!isMap(value)) return [];
  const keys = Object.keys(value);
  if (keys.length === 0 || roll(4) === 0) return roll(3) === 0 ? [fresh, fresh] : [fresh];
  return inner(keys[roll(keys.length)] ?? "");
}

/** A path to some map. */
function mapIn(value: Value, roll: Roll): KeyPath {
  const path = pathIn(value, { roll, fresh: "" });
  const depth = path.findLastIndex((_, at) => isMap(valueAt(value, path.slice(0, at))));
  return path.slice(0, Math.max(0, depth));
}

/** Whether something can be put there. */
function leads(value: Value, [key, ...path]: KeyPath): boolean {
  const inner = key === undefined ? undefined : entryOf(value, key);
  if (inner === undefined) return key !== undefined && isMap(value);
  return path.length === 0 || leads(inner, path);
}

function put(value: Value | undefined, change: { path: KeyPath; value: Value }): Value {
  const [key, ...path] = change.path;
  if (key === undefined || value === undefined) return nest(change.path, change.value);
  const inner = put(entryOf(value, key), { path, value: change.value });
  return isList(value) ? value.with(Number(key), inner) : { ...(value as ValueMap), [key]: inner };
}

function drop(value: Value, path: KeyPath): Value {
  const parent = path.slice(0, -1);
  const { [path.at(-1) ?? ""]: _, ...rest } = valueAt(value, parent) as ValueMap;
  return put(value, { path: parent, value: rest });
}

/** Some of it, some of it otherwise, and some more. */
function changed(value: Value, roll: Roll): Value {
  if (isList(value)) {
    const some = value.flatMap((item) => (roll(4) === 0 ? [] : [roll(3) === 0 ? changed(item, roll) : item]));
    return roll(3) === 0 ? some.toSpliced(roll(some.length + 1), roll(2), "new", roll(9)) : some;
  }
  if (!isMap(value)) return roll(2) === 0 ? "other" : roll(1000);
  const some = Object.entries(value).flatMap(([key, item]) =>
    roll(4) === 0 ? [] : [[key, roll(3) === 0 ? changed(item, roll) : item] as const],
  );
  return Object.fromEntries(roll(3) === 0 ? [...some, ["new", { x: [1, "a"] }]] : some);
}

function commentsOf(text: string): readonly string[] {
  return text.match(/«\d+»/g) ?? [];
}

/** The lines from that of the key to that in which the value ends. */
function linesOf({ file, text }: Styled, path: KeyPath): string {
  const [start, end] = file.endsWith(".yaml") ? yamlRange(text, path) : json5Range(text, path);
  const next = text.indexOf("\n", end);
  return text.slice(text.lastIndexOf("\n", start) + 1, next < 0 ? text.length : next);
}

function json5Range(text: string, path: KeyPath): readonly [number, number] {
  const { root } = json5Tree(text);
  return [findRange(root, { path, part: "key" })[0], findRange(root, { path, part: "value" })[1]];
}

function yamlRange(text: string, path: KeyPath): readonly [number, number] {
  const document = parseDocument(text, { stringKeys: true });
  const map: unknown = path.slice(0, -1).reduce<unknown>((node, key) => {
    if (isSeq(node)) return node.items[Number(key)];
    return isYamlMap(node) ? node.items.find((pair) => String(pair.key) === key)?.value : undefined;
  }, document.contents);
  const pair = isYamlMap(map) ? map.items.find(({ key }) => String(key) === path.at(-1)) : undefined;
  const [key, value] = [pair?.key, pair?.value];
  return [isNode(key) ? (key.range?.[0] ?? 0) : 0, isNode(value) ? (value.range?.[1] ?? 0) - 1 : 0];
}
