import type { UserSchema } from "../user-schema/user-schema.ts";

/**
 * The JSON Schema (2020-12) of a file of definitions, for editors: what a layer may hold, with the user's own keys where
 * `user` describes them. It also takes what only files hold: directives, `${…}`, views, `extends`, a list of modules. A
 * file that it takes may still be refused, as what is right is known only when all layers have been folded.
 */
export async function jsonSchema(user?: UserSchema): Promise<object> {
  // It needs the library that checks definitions, which is slow to load.
  const { documentOf } = await import("./document.ts");
  return documentOf(user);
}
