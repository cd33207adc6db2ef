import { didYouMean, meantOr } from "@facsimile/core";
import { isList, isMap, type Value } from "../value.ts";
import { USER_TYPES, type UserType } from "./node.ts";

export interface Keyword {
  /** What it takes: `a number`. */
  readonly expected: string;
  takes(value: Value): boolean;
  /** The types that it is about; undefined: all. */
  readonly of?: readonly UserType[];
}

const isText = (value: Value) => typeof value === "string";
const isCount = (value: Value) => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isFlag = (value: Value) => typeof value === "boolean";
const isType = (value: Value) => USER_TYPES.some((type) => type === value);
const isNames = (value: Value) => isList(value) && value.every(isText);

const text: Keyword = { expected: "a text", takes: isText };
const flag: Keyword = { expected: "true or false", takes: isFlag };
const count: Keyword = { expected: "a whole number, 0 or more", takes: isCount };
const number: Keyword = { expected: "a number", takes: (value) => Number.isFinite(value) };
const schema: Keyword = { expected: "a map of keywords", takes: isMap };

const OF_MAPS: readonly UserType[] = ["object"];
const OF_LISTS: readonly UserType[] = ["array"];
const OF_TEXTS: readonly UserType[] = ["string"];
const OF_NUMBERS: readonly UserType[] = ["number", "integer"];

const properties: Keyword = { expected: "a map of keys to what they hold", takes: isMap, of: OF_MAPS };
const required: Keyword = { expected: "a list of keys", takes: isNames, of: OF_MAPS };

/** What may be said of one value. */
export const KEYWORDS: ReadonlyMap<string, Keyword> = new Map(
  Object.entries<Keyword>({
    type: {
      expected: `a type or a list of types (${USER_TYPES.join(", ")})`,
      takes: (value) => isType(value) || (isList(value) && value.length > 0 && value.every(isType)),
    },
    enum: { expected: "a list of values", takes: (value) => isList(value) && value.length > 0 },
    const: { expected: "a value", takes: () => true },
    default: { expected: "a value", takes: () => true },
    minimum: { ...number, of: OF_NUMBERS },
    maximum: { ...number, of: OF_NUMBERS },
    minLength: { ...count, of: OF_TEXTS },
    maxLength: { ...count, of: OF_TEXTS },
    pattern: { ...text, of: OF_TEXTS },
    items: { ...schema, of: OF_LISTS },
    minItems: { ...count, of: OF_LISTS },
    maxItems: { ...count, of: OF_LISTS },
    uniqueItems: { ...flag, of: OF_LISTS },
    properties,
    required,
    additionalProperties: {
      expected: "false or a map of keywords",
      takes: (value) => value === false || isMap(value),
      of: OF_MAPS,
    },
    title: text,
    description: text,
    examples: { expected: "a list of values", takes: isList },
    deprecated: { expected: "true, or a text that says what to write instead", takes: (v) => isFlag(v) || isText(v) },
    renamedFrom: { expected: "the old path as a text", takes: isText },
    secret: flag,
  }),
);

/** What may be said of a whole definition. */
export const TOP_KEYWORDS: ReadonlyMap<string, Keyword> = new Map(
  Object.entries<Keyword>({
    $schema: text,
    title: text,
    description: text,
    type: { expected: '"object"', takes: (value) => value === "object" },
    properties,
    required,
    additionalProperties: { expected: "false", takes: (value) => value === false },
  }),
);

/** A lower and an upper bound, and which types they bound. */
export const BOUNDS = [
  ["minimum", "maximum"],
  ["minLength", "maxLength"],
  ["minItems", "maxItems"],
] as const;

/** What to write instead, where people who know other schemas would write `value`. */
export function usualMistake(keyword: string, value: Value): string | undefined {
  if (keyword === "type" && typeof value === "string") {
    return meantOr(OTHER_NAMES[value.toLowerCase()] ?? didYouMean(value, USER_TYPES), undefined);
  }
  if (keyword === "required" && typeof value === "boolean") return "Name the key in required of the map around it.";
  if (keyword === "additionalProperties" && value === true) return "Leave it out: other keys may be there.";
  return undefined;
}

const OTHER_NAMES: Readonly<Record<string, UserType>> = {
  text: "string",
  str: "string",
  int: "integer",
  float: "number",
  bool: "boolean",
  map: "object",
  dict: "object",
  list: "array",
};
