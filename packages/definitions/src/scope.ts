import { SCOPE, scopeFor } from "./checks/scope-name.ts";
import type { Conglomerate } from "./layers/conglomerate.ts";
import { instanceChain, stepsIn } from "./layers/instance-chain.ts";
import { stepsFor } from "./layers/views.ts";
import { assemble } from "./merge/assemble.ts";
import { resolve } from "./resolve.ts";
import type { ResolveOptions } from "./types.ts";
import { entryOf, isMap, type Value } from "./value.ts";

/**
 * The scope of an instance's state, as {@link resolve} gives it, without checking all else: it is known sooner than the
 * library of the schema is loaded.
 *
 * @throws As {@link resolve}, where what there is of the scope is not right.
 */
export async function scopeOf(conglomerate: Conglomerate, options: ResolveOptions): Promise<string> {
  const { system = "linux", env = {} } = options;
  let isSound = true;
  const onProblem = () => {
    isSound = false;
  };
  const silent = { env, onProblem, onWarning: () => undefined };
  const { steps } = stepsIn(instanceChain(conglomerate, options), silent);
  const state = entryOf(assemble(stepsFor(steps, { system }), silent), "state") ?? {};
  const wish = entryOf(state, "scope");
  if (isSound && isMap(state) && (wish === undefined || isName(wish))) return scopeFor(options.instance, wish);
  return (await resolve(conglomerate, options)).scope;
}

function isName(wish: Value): wish is string {
  return typeof wish === "string" && SCOPE.test(wish);
}
