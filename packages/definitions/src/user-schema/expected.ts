import type { Value } from "../value.ts";
import type { UserKeywords, UserNode, UserType } from "./node.ts";

const MAX_SHOWN = 12;

/** What is expected there, for messages: `a whole number, 1 to 65535`, `"light" or "dark"`. */
export function expectedOf({ types, says }: Pick<UserNode, "types" | "says">): string {
  if (says.const !== undefined) return shown(says.const);
  if (says.enum !== undefined) return oneOf(says.enum);
  if (types === undefined) return "a value";
  return alternatives([...new Set(types)].map((type) => TEXTS[type](says)));
}

function oneOf(values: readonly Value[]): string {
  const texts = values.slice(0, MAX_SHOWN).map(shown);
  if (values.length > MAX_SHOWN) texts.push(`one of ${values.length - MAX_SHOWN} others`);
  return alternatives(texts);
}

function alternatives(texts: readonly string[]): string {
  const [last = "", ...others] = [...texts].reverse();
  return others.length === 0 ? last : `${others.reverse().join(", ")} or ${last}`;
}

function shown(value: Value): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

const TEXTS: Readonly<Record<UserType, (says: UserKeywords) => string>> = {
  string: ({ minLength, maxLength, pattern }) => {
    const matching = pattern === undefined ? "" : ` that matches ${pattern}`;
    if (minLength === 1 && maxLength === undefined)
      return `a text that is not empty${matching && ` and${matching.slice(5)}`}`;
    return `a text${ofSome("character", [minLength, maxLength])}${matching}`;
  },
  integer: ({ minimum, maximum }) => `a whole number${range([minimum, maximum])}`,
  number: ({ minimum, maximum }) => `a number${range([minimum, maximum])}`,
  boolean: () => "true or false",
  null: () => "null",
  object: () => "a map",
  array: ({ minItems, maxItems, uniqueItems }) =>
    `a list${ofSome(uniqueItems === true ? "different item" : "item", [minItems, maxItems])}`,
};

type Bounds = readonly [number | undefined, number | undefined];

function ofSome(unit: string, [min, max]: Bounds): string {
  const units = (count: number) => `${count} ${unit}${count === 1 ? "" : "s"}`;
  if (min !== undefined && max !== undefined) return min === max ? ` of ${units(min)}` : ` of ${min} to ${units(max)}`;
  if (min !== undefined) return ` of at least ${units(min)}`;
  if (max !== undefined) return ` of at most ${units(max)}`;
  return unit.includes(" ") ? ` of ${unit}s` : "";
}

function range([min, max]: Bounds): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? "" : ` of at most ${max}`;
}
