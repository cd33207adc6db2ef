import { isFacsimileError } from "@facsimile/core";
import { type Conglomerate, conglomerateSchema, jsonSchema } from "@facsimile/definitions";
import type { Invocation } from "../invocation.ts";
import { openConglomerate } from "../open-world.ts";

/** Prints the JSON Schema of definition files, for editors: with your own keys where a schema describes them. */
export async function schemaCommand({ options, world, run }: Invocation): Promise<void> {
  const conglomerate = await found({ options, world, run });
  const schema = conglomerate === undefined ? await jsonSchema() : await conglomerateSchema(conglomerate);
  world.print(`${JSON.stringify(schema, undefined, 2)}\n`);
}

/** Undefined where there is none and none was asked for: what Facsimile itself knows holds everywhere. */
async function found({ options, world, run }: Invocation): Promise<Conglomerate | undefined> {
  try {
    return await openConglomerate(world, { options, run });
  } catch (error) {
    const isAsked = (options.root ?? world.env["FACS_ROOT"]) !== undefined;
    if (!isAsked && isFacsimileError(error, "NO_CONGLOMERATE")) return undefined;
    throw error;
  }
}
