import type { KeyPath } from "@facsimile/core";
import { parseSource } from "../files/source-file.ts";
import { MAX_DEPTH, type SourceText } from "../files/source-text.ts";
import { entryOf, isList, isMap, nest, sameValue, type Value, type ValueMap, valueAt } from "../value.ts";
import { editJson5 } from "./json5.ts";
import { spliced } from "./splice.ts";
import { type Step, stepsTo } from "./steps.ts";
import { editYaml } from "./yaml.ts";

/** One change: `value` to put at `path`, or undefined to take out what is there. */
export interface TextChange {
  readonly path: KeyPath;
  readonly value: Value | undefined;
}

/** The text is read once for each step. Past this many characters in all, the value is written anew. */
const MAX_READ = 2_000_000;

/**
 * The text of a definition file with the change made and everything else as it was, byte for byte. Maps on the way are
 * made. Of a map or list that replaces one, only what differs is touched. What is written is in the style of what stands
 * around it.
 *
 * @returns the same text where there is nothing to change; undefined where the change cannot be made safely: the path is
 *   empty, leads through a scalar or past the end of a list, adds to a map that is a directive or shared by an alias,
 *   takes an item out of a list; and where the result, read again, would not be exactly what is wanted.
 * @throws what {@link parseSource} throws of the text as it is.
 */
export function editText(source: SourceText, change: TextChange): string | undefined {
  const { value: before } = parseSource(source);
  const wanted = wantedOf(before, change);
  if (wanted === undefined) return undefined;
  if (sameValue(before, wanted)) return source.text;
  const ways = [stepsTo(before, { path: [], wanted }), wholeSteps(before, change)];
  for (const steps of ways) {
    const isCheap = steps.length === 1 || steps.length * source.text.length <= MAX_READ;
    const text = isCheap ? edited(source, steps) : undefined;
    if (text !== undefined && holds({ ...source, text }, wanted)) return text;
  }
  return undefined;
}

/** The value that stands there is written anew, whatever it has in common with what is wanted. */
function wholeSteps(before: Value, { path, value }: TextChange): readonly Step[] {
  return value === undefined || valueAt(before, path) === undefined ? [] : [{ kind: "replace", path, value }];
}

function edited(source: SourceText, steps: readonly Step[]): string | undefined {
  const edit = /\.json5?$/.test(source.file) ? editJson5 : editYaml;
  let { text } = source;
  for (const step of steps) {
    const splices = edit({ ...source, text }, step);
    if (splices === undefined) return undefined;
    text = spliced(text, splices);
  }
  return text;
}

/** Our own reader has the last word on what the edit wrote. */
function holds(source: SourceText, wanted: Value): boolean {
  try {
    return sameValue(parseSource(source).value, wanted);
  } catch {
    return false;
  }
}

function wantedOf(before: Value, { path, value }: TextChange): Value | undefined {
  if (path.length === 0 || path.length > MAX_DEPTH) return undefined;
  if (value === undefined) return without(before, path);
  return isDeeper(value, MAX_DEPTH) ? undefined : withValue(before, { path, value: asRead(value) });
}

/** The reader takes -0 for 0. */
function asRead(value: Value): Value {
  if (typeof value === "number") return value === 0 ? 0 : value;
  if (isList(value)) return value.map(asRead);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asRead(inner)]));
}

function isDeeper(value: Value, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner: Value) => isDeeper(inner, levels - 1));
}

interface Put {
  readonly path: KeyPath;
  readonly value: Value;
}

function withValue(before: Value, { path: [key, ...path], value }: Put): Value | undefined {
  if (key === undefined) return value;
  const old = itemOf(before, key);
  if (old === undefined) {
    if (!isMap(before) || isDirective(before, key)) return undefined;
    return { ...before, [key]: nest(path, value) };
  }
  const inner = withValue(old, { path, value });
  return inner === undefined ? undefined : replaced(before, { key, inner });
}

function without(before: Value, [key = "", ...path]: KeyPath): Value | undefined {
  const old = itemOf(before, key);
  if (old === undefined) return before;
  if (path.length > 0) {
    const inner = without(old, path);
    return inner === undefined ? undefined : replaced(before, { key, inner });
  }
  if (!isMap(before)) return undefined;
  const { [key]: _, ...rest } = before;
  return rest;
}

function replaced(before: Value, { key, inner }: { key: string; inner: Value }): Value {
  if (isList(before)) return before.with(Number(key), inner);
  return { ...(before as ValueMap), [key]: inner };
}

/** What a map or list holds there; of a list only its items, by their plain index. */
function itemOf(value: Value, key: string): Value | undefined {
  return isList(value) && !/^(?:0|[1-9]\d*)$/.test(key) ? undefined : entryOf(value, key);
}

/** A directive takes no keys beside its own. `$schema` is for editors and may stand in any map. */
function isDirective(map: ValueMap, added: string): boolean {
  return !added.startsWith("$") && Object.keys(map).some((key) => key.startsWith("$") && key !== "$schema");
}
