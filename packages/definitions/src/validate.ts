import { didYouMean, formatPath, type KeyPath } from "@facsimile/core";
import type * as z from "zod/mini";
import { definitionSchema } from "./schema.ts";
import { kindOf, type Value, type ValueMap, valueAt } from "./value.ts";

/** Something wrong with a definition, before anyone looked up where it was written. */
export interface Finding {
  readonly code: string;
  readonly path: KeyPath;
  readonly part?: "key" | "value";
  readonly message: string;
  readonly hint?: string | undefined;
}

type Issue = z.core.$ZodIssue;

/** Everything that the schema finds wrong with `values`. */
export function findingsOf(values: ValueMap): readonly Finding[] {
  const result = definitionSchema.safeParse(values);
  return result.success ? [] : result.error.issues.flatMap((issue) => findingsOfIssue(issue, { values, above: [] }));
}

/** The well-known keys at the top. */
export function wellKnownKeys(): readonly string[] {
  return Object.keys(definitionSchema.def.shape);
}

interface Context {
  readonly values: ValueMap;
  /** Where the union that the issue is about lies. */
  readonly above: KeyPath;
}

function findingsOfIssue(issue: Issue, context: Context): readonly Finding[] {
  const path = [...context.above, ...issue.path.map(String)];
  const value = valueAt(context.values, path);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey([...path, key]));
  if (issue.code === "invalid_union") {
    const branch = bestBranch(issue.errors as readonly Issue[][]);
    return branch.flatMap((each) => findingsOfIssue(each, { ...context, above: path }));
  }
  if (issue.code === "invalid_key") return [badKey(path, issue.issues[0]?.message ?? "a name")];
  return [wrongValue({ path, value, expected: issue.message })];
}

/** Of a union, the form that the value most probably was meant to be: of the right kind, else the first. */
function bestBranch(branches: readonly Issue[][]): readonly Issue[] {
  const ofKind = branches.filter((issues) => !issues.some(isWrongForm));
  const deepest = ofKind.length > 0 ? ofKind : branches;
  return [...deepest].sort((a, b) => a.length - b.length)[0] ?? [];
}

function isWrongForm(issue: Issue): boolean {
  if (issue.code === "invalid_union")
    return issue.path.length === 0 && (issue.errors as Issue[][]).every((each) => each.some(isWrongForm));
  const [only] = issue.path;
  return (
    (issue.code === "invalid_type" && issue.path.length === 0) || (issue.code === "invalid_value" && only === "type")
  );
}

function unknownKey(path: KeyPath): Finding {
  const key = path.at(-1) ?? "";
  const known = keysAt(path.slice(0, -1));
  const near = didYouMean(key, known);
  return {
    code: "UNKNOWN_KEY",
    path,
    part: "key",
    message: `there is no key ${formatPath(path)}`,
    hint: near === undefined ? `Known here: ${known.join(", ")}.` : `Did you mean ${near}?`,
  };
}

function badKey(path: KeyPath, expected: string): Finding {
  const message = `${formatPath(path)} is not allowed as a key; expected ${expected}`;
  return { code: "INVALID_VALUE", path, part: "key", message };
}

function wrongValue({ path, value, expected }: { path: KeyPath; value: Value | undefined; expected: string }): Finding {
  const shown = formatPath(path);
  if (value === undefined) {
    return { code: "INVALID_VALUE", path, message: `${shown} is missing; expected ${expected}` };
  }
  const wantsList = expected.startsWith("a list");
  const what = typeof value === "string" && !wantsList ? JSON.stringify(value.slice(0, 60)) : kindOf(value);
  const hint = wantsList && typeof value === "string" ? `Write [${JSON.stringify(value)}].` : undefined;
  return { code: "INVALID_VALUE", path, message: `${shown} is ${what}; expected ${expected}`, hint };
}

interface AnySchema {
  readonly def: {
    readonly type: string;
    readonly shape?: Readonly<Record<string, AnySchema>>;
    readonly valueType?: AnySchema;
    readonly innerType?: AnySchema;
    readonly element?: AnySchema;
    readonly options?: readonly AnySchema[];
  };
}

/** The keys that the schema knows at `path`; of every form where there are several. */
function keysAt(path: KeyPath): readonly string[] {
  let schemas: readonly AnySchema[] = [definitionSchema as unknown as AnySchema];
  for (const key of path) schemas = schemas.flatMap(formsOf).flatMap((each) => inner(each, key));
  return [...new Set(schemas.flatMap(formsOf).flatMap(({ def }) => Object.keys(def.shape ?? {})))];
}

function formsOf(schema: AnySchema): readonly AnySchema[] {
  const { innerType, options } = schema.def;
  if (innerType !== undefined) return formsOf(innerType);
  return options === undefined ? [schema] : options.flatMap(formsOf);
}

function inner({ def }: AnySchema, key: string): readonly AnySchema[] {
  const found = def.shape === undefined ? (def.valueType ?? def.element) : def.shape[key];
  return found === undefined ? [] : [found];
}
