import type { KeyPath } from "@facsimile/core";
import type * as z from "zod/mini";
import { memoized } from "../memo.ts";
import { WELL_KNOWN_KEYS } from "../user-schema/names.ts";
import type { UserNode } from "../user-schema/node.ts";
import type { UserSchema } from "../user-schema/user-schema.ts";
import { misfits, missingIn } from "../user-schema/user-shape.ts";
import { entryOf, type Value, type ValueMap, valueAt } from "../value.ts";
import { badKey, type Finding, unknownKey, wrongValue } from "./finding.ts";
import { definitionSchema } from "./schema.ts";

export type { Finding } from "./finding.ts";

type Issue = z.core.$ZodIssue;

/**
 * Everything that the schema, and the user's own, finds wrong with `values`. What is frozen is checked once for each
 * key, however often it comes: it must be frozen at every depth.
 */
export function findingsOf(values: ValueMap, user?: UserSchema): readonly Finding[] {
  const found: Finding[] = [];
  for (const check of CHECKS) {
    if (Object.hasOwn(values, check.key)) found.push(...findingsOfKey(check, values[check.key]));
  }
  return user === undefined ? found : [...found, ...findingsOfUser(values, user)];
}

/** The keys at the top that mean something: the well-known ones, and those that the user describes. */
export function wellKnownKeys(user?: UserSchema): readonly string[] {
  return [...WELL_KNOWN_KEYS, ...(user?.root.properties.keys() ?? [])];
}

interface Check {
  readonly key: string;
  findings(value: Value): readonly Finding[];
}

const CHECKS = Object.entries(definitionSchema.def.shape).map(([key, schema]): Check => {
  const findings = (value: Value) => {
    const result = schema.safeParse(value);
    if (result.success) return NONE;
    const context = { values: { [key]: value }, above: [key] };
    return distinct(result.error.issues.flatMap((issue) => findingsOfIssue(issue, context)));
  };
  return { key, findings };
});

const NONE: readonly Finding[] = Object.freeze([]);

function findingsOfKey(check: Check, value: Value | undefined): readonly Finding[] {
  if (value === undefined) return NONE;
  return isLasting(value) ? remembered(value, check) : check.findings(value);
}

const remembered = memoized((value: object, check: Check) => check.findings(value as Value));

function isLasting(value: Value): value is Value & object {
  return typeof value === "object" && value !== null && Object.isFrozen(value);
}

function findingsOfUser(values: ValueMap, { root }: UserSchema): readonly Finding[] {
  const found = checksOf(root).flatMap((check) => findingsOfKey(check, entryOf(values, check.key)));
  return [...found, ...strangers(values, root), ...missingIn(root, { value: values, path: [] })];
}

function strangers(values: ValueMap, root: UserNode): readonly Finding[] {
  if (root.additional !== false) return NONE;
  const known = [...WELL_KNOWN_KEYS, ...root.properties.keys()];
  const isKnown = new Set(known);
  return Object.keys(values).flatMap((key) => (isKnown.has(key) ? [] : unknownKey([key], known)));
}

const checksOf = memoized((root: UserNode): readonly Check[] =>
  [...root.properties].map(([key, node]) => ({ key, findings: (value) => misfits(node, { value, path: [key] }) })),
);

/** Two rules about one value say the same. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.path.join("\0")}\n${finding.message}`, finding])).values()];
}

interface Context {
  readonly values: ValueMap;
  /** Where what the issue is about lies. */
  readonly above: KeyPath;
}

function findingsOfIssue(issue: Issue, context: Context): readonly Finding[] {
  const path = [...context.above, ...issue.path.map(String)];
  const value = valueAt(context.values, path);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey([...path, key], keysAt(path)));
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
