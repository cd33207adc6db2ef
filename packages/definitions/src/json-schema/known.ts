import * as z from "zod/mini";
import { DEFAULTS } from "../checks/normalise.ts";
import { definitionSchema, moduleSchema } from "../checks/schema.ts";
import { isMap, type Value, valueAt } from "../value.ts";
import type { Json } from "./places.ts";
import { MODULE_TEXTS, TEXTS } from "./texts.ts";

export interface Known {
  /** The well-known keys at the top, each as the schema of its final value. */
  readonly keys: Readonly<Record<string, Json>>;
  /** One of the list in a file of modules. */
  readonly module: Json;
}

/** What Facsimile describes itself, told to people. */
export function knownSchemas(): Known {
  const keys = propertiesOf(told(plain(definitionSchema), { texts: TEXTS, path: [] }));
  const module = told(plain(moduleSchema), { texts: MODULE_TEXTS, path: [] });
  const { required: _, ...overlay } = module;
  const sections = propertiesOf(module);
  return {
    module,
    keys: {
      ...keys,
      modules: withValues(keys["modules"], { ...overlay, description: TEXTS["modules.*"] }),
      service: withValues(keys["service"], { ...sections["service"], description: TEXTS["service.*"] }),
    },
  };
}

/** Each description says what is expected there, as messages do. */
function plain(schema: z.ZodMiniType): Json {
  const { $schema: _, ...plainly } = z.toJSONSchema(schema, {
    io: "input",
    override({ zodSchema, jsonSchema }) {
      const expected = expectedOf(zodSchema as unknown as Expecting);
      if (expected !== undefined) jsonSchema.description = expected;
    },
  });
  return plainly;
}

interface Expecting {
  readonly _zod: { readonly def: { error?(issue: object): unknown; readonly checks?: readonly Expecting[] } };
}

/** The text of the schema's last rule. */
function expectedOf({ _zod: { def } }: Expecting): string | undefined {
  const last = def.checks?.at(-1);
  const text = last === undefined ? def.error?.({}) : expectedOf(last);
  return typeof text === "string" ? text : undefined;
}

interface Telling {
  readonly texts: Readonly<Record<string, string>>;
  readonly path: readonly string[];
}

/** Keys of `schema` also say what they are for. */
function told(schema: Json, { texts, path }: Telling): Json {
  const inner = (each: unknown, key?: string) => {
    if (!isJson(each)) return each;
    const below = key === undefined ? path : [...path, key];
    const within = told(each, { texts, path: below });
    return key === undefined ? within : { ...within, ...saying(below, { texts, schema: each }) };
  };
  const { properties, additionalProperties, items, anyOf } = schema;
  return {
    ...schema,
    ...(isJson(properties) && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, inner(each, key)])),
    }),
    ...(isJson(additionalProperties) && { additionalProperties: inner(additionalProperties, "*") }),
    ...(isJson(items) && { items: inner(items) }),
    ...(Array.isArray(anyOf) && { anyOf: anyOf.map((each) => inner(each)) }),
  };
}

function saying(path: readonly string[], { texts, schema }: { texts: Telling["texts"]; schema: Json }): Json {
  const { description: expected } = schema;
  const what = texts[path.join(".")];
  const description = [what ?? [], expected === undefined ? [] : `Expected: ${expected}.`].flat().join(" ");
  const fallback: Value | undefined = texts === TEXTS ? valueAt(DEFAULTS, path) : undefined;
  return {
    ...(description === "" ? {} : { description }),
    ...(fallback === undefined || isMap(fallback) ? {} : { default: fallback }),
  };
}

function withValues(schema: Json | undefined, additionalProperties: Json): Json {
  return { ...schema, additionalProperties };
}

function propertiesOf({ properties }: Json): Readonly<Record<string, Json>> {
  return properties as Readonly<Record<string, Json>>;
}

export function isJson(value: unknown): value is Json {
  return isMap(value);
}
