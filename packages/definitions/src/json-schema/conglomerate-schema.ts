import { type FacsimileError, throwProblems } from "@facsimile/core";
import { type Conglomerate, defineRoot } from "../layers/conglomerate.ts";
import { readUserSchema } from "../user-schema/user-schema.ts";
import { jsonSchema } from "./json-schema.ts";

/**
 * The {@link jsonSchema} of a conglomerate's files: with the keys that its own schema describes, where there is one.
 *
 * @throws everything that is wrong with its schema, at once
 */
export async function conglomerateSchema(conglomerate: Conglomerate): Promise<object> {
  const source = defineRoot(conglomerate).schema();
  if (source === undefined) return jsonSchema();
  const problems: FacsimileError[] = [];
  const user = readUserSchema(source, (problem) => problems.push(problem));
  throwProblems(problems);
  return jsonSchema(user);
}
