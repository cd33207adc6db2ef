import fc from "fast-check";
import { parseSource } from "../src/files/source-file.ts";
import { sameValue, type Value, type ValueMap } from "../src/value.ts";
import { styledJson5 } from "./styled-json5.ts";
import { styledYaml } from "./styled-yaml.ts";

/** Gives numbers below `sides`. */
export type Roll = (sides: number) => number;

/** A definition file in some style or other; its comments hold `«1»`, `«2»`, …. */
export interface Styled {
  readonly file: string;
  readonly text: string;
  readonly value: ValueMap;
}

const NAMES = [
  "a",
  "b",
  "c1",
  "d-e",
  "web1.eu",
  "@host:x",
  "yes",
  "1",
  "null",
  "a b",
  "ü",
  "it's",
  "",
  "#",
  "- x",
  "x: y",
];
const TEXTS = [
  "x",
  "",
  "yes",
  "1.10",
  "0x1",
  "null",
  "2001-01-01",
  "1:30",
  "a: b",
  "# no",
  " lead",
  "trail ",
  "it's",
  '"',
];
const ODD = [
  "l1\nl2",
  "l1\n\n  l2\n\n",
  "\n",
  "tab\t",
  "\u2028",
  "\u0085",
  "\u0001",
  "\ufeff",
  "\\",
  "{a}",
  "[",
  "*a",
  "&a",
];
const MARKS = ["!t", "|", "%", "@", "`", "- x", "? x", "---", "...", "<<", "a, b", "// x", "/* x", ":", "~", "\r\n"];

export const name = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...NAMES) },
  fc.string({ maxLength: 4 }).filter((each) => !each.startsWith("$") && each !== "<<"),
);
const text = fc.oneof(
  fc.constantFrom(...TEXTS, ...ODD, ...MARKS),
  fc.string({ unit: "grapheme", maxLength: 8 }),
  fc.string({ maxLength: 120 }),
);
const number = fc.oneof(
  fc.integer(),
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.constantFrom(2 ** 60, 0, -0, 1.5, -2e-7, 1e21, 5e-324),
);
const scalar: fc.Arbitrary<Value> = fc.oneof(text, number, fc.boolean(), fc.constant(null));
const { tree } = fc.letrec<{ tree: Value }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: "small", withCrossShrink: true },
    scalar,
    fc.dictionary(name, tie("tree"), { maxKeys: 4 }),
    fc.array(tie("tree"), { maxLength: 4 }),
  ),
}));

export const anyValue: fc.Arbitrary<Value> = tree;
export const dice: fc.Arbitrary<readonly number[]> = fc.array(fc.nat(1000), { minLength: 1, maxLength: 40 });

export function styled(file: string): fc.Arbitrary<Styled> {
  const root = fc.dictionary(name, tree, { maxKeys: 5 }) as fc.Arbitrary<ValueMap>;
  return fc
    .tuple(root, dice)
    .map(([value, numbers]) => ({
      file,
      text: written(file, { value, roll: roller(numbers) }),
      value: plain(value) as ValueMap,
    }))
    .filter(isFaithful);
}

/** As a file gives it back: no -0. */
export function plain(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

function written(file: string, { value, roll }: { value: ValueMap; roll: Roll }): string {
  return file.endsWith(".yaml") ? styledYaml(value, roll) : styledJson5(value, { roll, json: file.endsWith(".json") });
}

/**
 * Not all texts are what was meant: a comment in a text of several lines is part of it. Where a text keeps all blank lines
 * below it (`|+`), an edit there may be refused.
 */
function isFaithful({ file, text: written, value }: Styled): boolean {
  if (file.endsWith(".yaml") && /[|>]\d?\+/.test(written)) return false;
  try {
    return sameValue(parseSource({ file, text: written }).value, value);
  } catch {
    return false;
  }
}

/** Numbers below `sides`: those given, again and again. */
export function roller(numbers: readonly number[]): Roll {
  let at = 0;
  return (sides) => (numbers[at++ % numbers.length] ?? 0) % sides;
}
