import { formatPath, formatPosition, type KeyPath } from "@facsimile/core";
import { type Finding, nearest, unknownKey, wrongValue } from "../checks/finding.ts";
import { memoized } from "../memo.ts";
import { entryOf, isList, isMap, isSecretRef, type Value, type ValueMap } from "../value.ts";
import { expectedOf } from "./expected.ts";
import type { UserNode, UserType } from "./node.ts";

export interface Subject<V extends Value = Value> {
  readonly value: V;
  /** Where it lies; the paths of findings begin with it. */
  readonly path: KeyPath;
  /** Before interpolation: a text with `${…}` may become anything. */
  readonly raw?: boolean;
  /** Not to be shown. */
  readonly hidden?: boolean;
}

/** Everything about a value that the user's schema does not allow. */
export function misfits(node: UserNode, subject: Subject): readonly Finding[] {
  const { value, path, raw } = subject;
  if (raw && typeof value === "string" && value.includes("${")) return [];
  if (isSecretRef(value) && takesLeaves(node)) return [];
  const inner = { ...subject, hidden: subject.hidden || node.says.secret === true };
  if (isSecretRef(value) || !fits(node, value)) return [misfit(node, inner)];
  if (isMap(value)) return misfitsInMap(node, { ...inner, value });
  const { items } = node;
  if (!isList(value) || items === undefined) return [];
  return value.flatMap((each, index) => misfits(items, { ...inner, value: each, path: [...path, String(index)] }));
}

function misfitsInMap(node: UserNode, subject: Subject<ValueMap>): readonly Finding[] {
  const { properties, additional } = node;
  const { value, path } = subject;
  const known = additional === false ? [...properties.keys()] : [];
  const found = Object.entries(value).flatMap(([key, inner]) => {
    const below = properties.get(key) ?? additional;
    if (below === false) return unknownKey([...path, key], known);
    return below === undefined ? [] : misfits(below, { ...subject, value: inner, path: [...path, key] });
  });
  return [...found, ...missingIn(node, { value, path })];
}

/** What must be there and is not. */
export function missingIn(
  node: UserNode,
  { value, path }: Pick<Subject<ValueMap>, "value" | "path">,
): readonly Finding[] {
  const missing = node.required.filter((key) => entryOf(value, key) === undefined);
  if (missing.length === 0) return [];
  const place = formatPosition(node.source.locate([...node.at, "required"], "key"));
  return missing.map((key) => {
    const inner = node.properties.get(key);
    const expected = inner === undefined ? "a value" : expectedOf(inner);
    return { ...wrongValue({ path: [...path, key], value: undefined, expected }), hint: `It is required by ${place}.` };
  });
}

function misfit(node: UserNode, { value, path, hidden }: Subject): Finding {
  const expected = expectedOf(node);
  if (isSecretRef(value) || hidden) {
    const what = isSecretRef(value) ? "a secret" : NAMES[kindOf(value)];
    return { code: "INVALID_VALUE", path, message: `${formatPath(path)} is ${what}; expected ${expected}` };
  }
  const finding = wrongValue({ path, value, expected });
  const near = typeof value === "string" ? nearest(value, node.says.enum ?? []) : undefined;
  if (near !== undefined) return { ...finding, hint: `Did you mean ${near}?` };
  const hintHelps = finding.hint !== undefined && misfits(node, { value: [value], path }).length === 0;
  return hintHelps ? finding : { ...finding, hint: undefined };
}

function takesLeaves({ types }: UserNode): boolean {
  return types === undefined || types.some((type) => type !== "object" && type !== "array");
}

type Kind = Exclude<UserType, "integer">;

function kindOf(value: Value): Kind {
  if (value === null) return "null";
  if (isList(value)) return "array";
  return typeof value as "string" | "number" | "boolean" | "object";
}

/** The value itself; not what lies in it. */
function fits(node: UserNode, value: Value): boolean {
  return isOfType(node, value) && isChosen(node, value) && isBounded(node, value);
}

function isOfType({ types }: UserNode, value: Value): boolean {
  const kind = kindOf(value);
  if (kind === "number" && !Number.isFinite(value)) return false;
  return types === undefined || types.includes(kind) || (types.includes("integer") && Number.isInteger(value));
}

function isChosen({ says }: UserNode, value: Value): boolean {
  if (says.const !== undefined && canonical(says.const) !== canonical(value)) return false;
  return says.enum === undefined || choices(says.enum).has(canonical(value));
}

function isBounded({ says, matches }: UserNode, value: Value): boolean {
  if (typeof value === "number") return isWithin(value, [says.minimum, says.maximum]);
  if (typeof value === "string") {
    return isWithin(lengthOf(value), [says.minLength, says.maxLength]) && (matches?.(value) ?? true);
  }
  if (!isList(value)) return true;
  const isUnique = says.uniqueItems !== true || new Set(value.map(canonical)).size === value.length;
  return isUnique && isWithin(value.length, [says.minItems, says.maxItems]);
}

function isWithin(value: number, [min, max]: readonly [number | undefined, number | undefined]): boolean {
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}

/** In characters, as JSON Schema counts; not in units of UTF-16. */
function lengthOf(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

const choices = memoized((values: readonly Value[]): ReadonlySet<string> => new Set(values.map(canonical)));

/** The same text for equal values, whatever the order of their keys. */
function canonical(value: Value): string {
  if (isList(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isMap(value)) return typeof value === "number" ? String(value) : JSON.stringify(value);
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] as Value)}`);
  return `{${entries.join(",")}}`;
}

const NAMES: Readonly<Record<Kind, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  object: "a map",
  array: "a list",
  null: "null",
};
