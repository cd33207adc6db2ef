import type { UserSchema } from "../user-schema/user-schema.ts";
import { knownSchemas } from "./known.ts";
import { define, type Json, PLACE_DEFS, type PlaceContext, placeOf, ref } from "./places.ts";
import { userSchemaOf } from "./user.ts";

const VIEW = "@(?:system|region|target|host):[A-Za-z0-9_][A-Za-z0-9._-]*$";

/** See `jsonSchema`. */
export function documentOf(user: UserSchema | undefined): Json {
  const { keys, module } = knownSchemas();
  const own = [...(user?.root.properties ?? [])].map(([key, node]) => [key, userSchemaOf(node)] as const);
  const defs = new Map<string, Json>(Object.entries(PLACE_DEFS));
  const written = { keys: { ...keys, ...Object.fromEntries(own) }, others: user?.root.additional !== false };
  const layer = layerOf(written, defs);
  const instances = {
    description: "The instances of a source that has its definitions in one file: each is a layer.",
    type: "object",
    additionalProperties: ref(define("layer", { schema: layer, defs })),
  };
  const item = define("module", { schema: placeOf(module, { path: "module", whole: true, defs }), defs });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: user === undefined ? "urn:facsimile:definition" : "urn:facsimile:definition:own",
    title: user?.root.says.title ?? "A definition",
    description: user?.root.says.description ?? "A layer of a definition, or, in modules.*, a list of modules.",
    ...layer,
    type: ["object", "array"],
    properties: { instances, ...(layer["properties"] as Json) },
    items: ref(item),
    $defs: Object.fromEntries(defs),
  };
}

interface Written {
  readonly keys: Readonly<Record<string, Json>>;
  /** Keys that nobody describes may be there. */
  readonly others: boolean;
}

/** What stands in a file, or below a name in `instances`. */
function layerOf({ keys, others }: Written, defs: Map<string, Json>): Json {
  const values = Object.fromEntries(
    Object.entries(keys).map(([key, schema]) => [key, keyOf(schema, { path: key, whole: false, defs })]),
  );
  const additionalProperties = others ? ref("any") : false;
  const view = { type: "object", properties: values, patternProperties: { "^[@$]": false }, additionalProperties };
  return {
    type: "object",
    properties: { ...STEERING, ...values },
    patternProperties: {
      [`^${VIEW}`]: {
        description: "A view: these values hold for the hosts of one system, region or target, or for one host.",
        ...ref(define("view", { schema: view, defs })),
      },
      [`^@(?!${VIEW.slice(1)})`]: false,
      "^\\$(?!schema$)": false,
    },
    additionalProperties,
  };
}

/** A reference to the schema; what is said of the value stays beside it, where editors look for it. */
function keyOf(schema: Json, context: PlaceContext): Json {
  const { anyOf, $ref, ...notes } = placeOf(schema, context);
  const rules = anyOf === undefined ? { $ref } : { anyOf };
  return { ...notes, ...ref(define(context.path, { schema: rules, defs: context.defs })) };
}

/** Keys that steer the loading and are no values. */
const STEERING: Json = {
  $schema: { description: "Where an editor finds this schema. It means nothing else.", type: "string" },
  extends: {
    description: 'Layers that come before this one, by name or as a path: ["base", "./common/x"].',
    anyOf: [
      { type: "string", minLength: 1 },
      { type: "array", items: { type: "string", minLength: 1 } },
    ],
  },
  facsimile: {
    description: "What the Python tool called it. Write projects.",
    deprecated: true,
    type: "object",
    properties: { components: ref("projects") },
  },
};
