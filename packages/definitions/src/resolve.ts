import type { Conglomerate } from "./layers/conglomerate.ts";
import { instanceChain } from "./layers/instance-chain.ts";
import type { Definition, ResolveOptions } from "./types.ts";

/**
 * Folds and checks the definition of an instance.
 *
 * @throws `UNKNOWN_INSTANCE`, `UNKNOWN_PROJECT`, or everything that is wrong with the definition at once.
 */
export async function resolve(conglomerate: Conglomerate, options: ResolveOptions): Promise<Definition> {
  const chain = instanceChain(conglomerate, options);
  // The schema's library takes longer to load than Node to start: it waits until there is something to check.
  building ??= await import("./definition.ts");
  return building.buildDefinition(chain, options);
}

let building: typeof import("./definition.ts") | undefined;
