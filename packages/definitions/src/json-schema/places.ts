/** A JSON Schema, or a part of one. */
export type Json = { readonly [key: string]: unknown };

const ANNOTATIONS = ["title", "description", "default", "examples", "deprecated"];

/** A definition that other parts refer to: by its name below `$defs`. */
export function ref(name: string): Json {
  // RFC 6901 in a fragment of RFC 3986.
  return { $ref: `#/$defs/${encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"))}` };
}

/** A name that is not taken by something else yet. */
export function define(name: string, { schema, defs }: { schema: Json; defs: Map<string, Json> }): string {
  let free = name;
  for (let count = 2; defs.has(free); count++) free = `${name}-${count}`;
  defs.set(free, schema);
  return free;
}

export interface PlaceContext {
  /** The keys that lead there; names what is put into `defs`. */
  readonly path: string;
  /** Within an item of a list: it comes whole, as no layer below completes it. */
  readonly whole: boolean;
  /** Takes what is referred to from several places. */
  readonly defs: Map<string, Json>;
}

/**
 * The schema of what a layer may hold where `schema` describes the final value: that, less what other layers may add; a
 * directive; a text with `${…}`.
 */
export function placeOf(schema: Json, context: PlaceContext): Json {
  const entries = Object.entries(schema);
  const notes = Object.fromEntries(entries.filter(([key]) => ANNOTATIONS.includes(key)));
  const rules = Object.fromEntries(entries.filter(([key]) => !ANNOTATIONS.includes(key)));
  if (Object.keys(rules).length === 0) return { ...notes, ...ref("any") };
  const forms = formsOf(rules).map((form) => formOf(form, context));
  const list = forms.find(({ items }) => items !== undefined);
  const directive = list === undefined ? ref("directive") : directiveOn(list["items"] as Json);
  const others = forms.some(isAnyText) ? [directive] : [directive, ref("interpolated")];
  return { ...notes, anyOf: [...forms, ...others] };
}

function formsOf(schema: Json): readonly Json[] {
  const { anyOf } = schema;
  return Array.isArray(anyOf) ? (anyOf as readonly Json[]).flatMap(formsOf) : [schema];
}

/** One form of a value, with the places in it. */
function formOf(form: Json, context: PlaceContext): Json {
  const { properties, additionalProperties, required, items, ...others } = form;
  return {
    ...others,
    ...(isOf(form, "object") ? mapsOf(form, context) : {}),
    ...(isOf(form, "array") ? { items: itemOf((items ?? {}) as Json, context) } : {}),
  };
}

function isOf({ type }: Json, kind: string): boolean {
  return type === kind || (Array.isArray(type) && type.includes(kind));
}

function mapsOf({ properties = {}, additionalProperties = {}, required }: Json, context: PlaceContext): Json {
  const inner = (each: unknown, key: string) => placeOf(each as Json, { ...context, path: `${context.path}.${key}` });
  const entries = Object.entries(properties as Json).map(([key, each]) => [key, inner(each, key)] as const);
  const others = additionalProperties === false ? false : inner(additionalProperties, "*");
  return {
    ...(entries.length === 0 ? {} : { properties: Object.fromEntries(entries) }),
    ...(required !== undefined && context.whole ? { required } : {}),
    ...(others === false ? {} : { patternProperties: { "^\\$": false } }),
    additionalProperties: others,
  };
}

/** What is more than a word or two is written once, as `$append` takes it too. */
function itemOf(items: Json, context: PlaceContext): Json {
  const schema = placeOf(items, { ...context, whole: true });
  if (JSON.stringify(schema).length < 200) return schema;
  return ref(define(`${context.path}.item`, { schema, defs: context.defs }));
}

function isAnyText({ type, pattern, enum: choices, const: only, maxLength }: Json): boolean {
  const types = Array.isArray(type) ? type : [type];
  return types.includes("string") && [pattern, choices, only, maxLength].every((each) => each === undefined);
}

/** What is appended must be right: it is not merged with anything. */
function directiveOn(items: Json): Json {
  return { type: "object", properties: { $append: { type: "array", items } }, ...ref("listDirective") };
}

const DIRECTIVES: Json = {
  $delete: { description: "Takes the key away.", const: true },
  $replace: { description: "Takes the place of what is inherited.", ...ref("any") },
  $literal: { description: "Taken as it is: neither a directive nor ${…} means anything in it." },
  $secret: { description: "The name of a secret in the state.", type: "string", minLength: 1 },
};

/** What places refer to. */
export const PLACE_DEFS: Readonly<Record<string, Json>> = {
  directive: {
    description: "A directive: how this value meets the inherited one.",
    type: "object",
    properties: DIRECTIVES,
    minProperties: 1,
    maxProperties: 1,
    additionalProperties: false,
  },
  listDirective: {
    description: "A directive: how this list meets the inherited one.",
    type: "object",
    properties: {
      $append: { description: "Added to the inherited list.", type: "array" },
      $remove: { description: "Taken out of the inherited list.", type: "array", items: ref("any") },
      $mergeBy: { description: "The key by which items are the same: they are merged, one by one.", type: "string" },
      items: {
        description: "What is merged into the inherited items; one with $delete: true goes.",
        type: "array",
        items: { type: "object" },
      },
      ...DIRECTIVES,
    },
    dependentRequired: { $mergeBy: ["items"], items: ["$mergeBy"] },
    minProperties: 1,
    maxProperties: 2,
    additionalProperties: false,
  },
  interpolated: {
    description: "A text with ${path.of.another.value}.",
    type: "string",
    pattern: "\\$\\{|%HOMEDIR%|\\{\\{environ\\.(?:HOME|USER)\\}\\}",
  },
  any: {
    type: ["object", "array", "string", "number", "boolean", "null"],
    properties: { ...DIRECTIVES, $append: { type: "array" }, $remove: { type: "array" }, $mergeBy: { type: "string" } },
    patternProperties: { "^\\$(?!(?:append|remove|mergeBy|delete|replace|literal|secret)$)": false },
    additionalProperties: ref("any"),
    items: ref("any"),
  },
};
