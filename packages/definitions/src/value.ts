import { isDeepStrictEqual } from "node:util";
import type { KeyPath } from "@facsimile/core";

/** What a definition file can hold: plain data, in every format the same. */
export type Value = null | boolean | number | string | readonly Value[] | ValueMap;
export interface ValueMap {
  readonly [key: string]: Value;
}

export function isMap(value: unknown): value is ValueMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: unknown): value is readonly Value[] {
  return Array.isArray(value);
}

const SECRET_NAME = /^[^\p{Cc}\u2028\u2029]+$/u;

/** `{ $secret: "db/root" }`: a leaf that state fills in. */
export interface SecretRef {
  readonly $secret: string;
}

export function isSecretRef(value: unknown): value is SecretRef {
  if (!isMap(value)) return false;
  const name = value["$secret"];
  return typeof name === "string" && SECRET_NAME.test(name) && Object.keys(value).length === 1;
}

/** An own entry of a map or list; never what a prototype offers. */
export function entryOf(value: unknown, key: string): Value | undefined {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  if (Array.isArray(value) && key === "length") return undefined;
  return (value as ValueMap)[key];
}

/** The value at `path`, or undefined where the path ends early. */
export function valueAt(value: Value | undefined, path: KeyPath): Value | undefined {
  return path.reduce<Value | undefined>((inner, key) => entryOf(inner, key), value);
}

/** `{a: {b: value}}` for the path `a.b`. */
export function nest(path: KeyPath, value: Value): Value {
  return path.reduceRight<Value>((inner, key) => ({ [key]: inner }), value);
}

export const sameValue: (a: unknown, b: unknown) => boolean = isDeepStrictEqual;

export function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
  return value;
}

/** What a person calls it: `a list`, `a map`, `the number 3`. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return typeof value === "string" ? "a string" : `the ${typeof value} ${String(value)}`;
}
