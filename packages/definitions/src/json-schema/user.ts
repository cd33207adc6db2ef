import type { UserNode } from "../user-schema/node.ts";
import type { Json } from "./places.ts";

/** A value that the user describes, as the schema of its final value. */
export function userSchemaOf(node: UserNode): Json {
  const { types, says, properties, required, items, additional } = node;
  const { secret, renamedFrom, deprecated, description, pattern, default: fallback, ...plain } = says;
  const text = describing(node);
  return {
    ...(types === undefined ? {} : { type: types.length === 1 ? types[0] : types }),
    ...plain,
    ...(text === "" ? {} : { description: text }),
    ...(pattern !== undefined && isPattern(pattern) ? { pattern } : {}),
    ...(deprecated === undefined || deprecated === false ? {} : { deprecated: true }),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(properties.size === 0 ? {} : { properties: mapped(properties) }),
    ...(required.length === 0 ? {} : { required }),
    ...(items === undefined ? {} : { items: userSchemaOf(items) }),
    ...(additional === undefined
      ? {}
      : { additionalProperties: additional === false ? false : userSchemaOf(additional) }),
  };
}

function mapped(properties: UserNode["properties"]): Json {
  return Object.fromEntries([...properties].map(([key, node]) => [key, userSchemaOf(node)]));
}

function describing({ says }: UserNode): string {
  const { description, deprecated, secret } = says;
  const texts = [
    ...(description === undefined ? [] : [description]),
    ...(secret === true ? ['A secret: write {$secret: "name"}.'] : []),
    ...(typeof deprecated === "string" ? [`Deprecated: ${deprecated}`] : []),
  ];
  return texts.join("\n");
}

/** What RE2 reads and JavaScript does not, such as `(?i)`, would break an editor. */
function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern, "u") instanceof RegExp;
  } catch {
    return false;
  }
}
