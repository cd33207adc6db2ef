import type { Definition } from "@facsimile/definitions";
import { policyText } from "@facsimile/state";
import { modulesOf } from "../../instance/modules-of.ts";
import type { OpenedState } from "../../secrets/open.ts";
import { madeBy } from "../../secrets/values.ts";
import type { MadeSecret } from "./types.ts";

/** What a deploy makes: for which modules, and where these or the rule are written. */
export function madeSecrets({ plan }: Pick<OpenedState, "plan">, definitions: readonly Definition[]): MadeSecret[] {
  return madeBy(plan).map((name) => {
    const modules = [...new Set(definitions.flatMap((definition) => modulesWith(name, definition)))];
    const path = modules[0] === undefined ? ["state", "generate", name] : ["modules", modules[0]];
    const position = definitions.map((definition) => firstPlace(definition, path)).find((place) => place !== undefined);
    const policy = policyText(plan.policies[name] ?? "uuid");
    return { name, policy, modules, ...(position === undefined ? {} : { position }) };
  });
}

function modulesWith(secret: string, definition: Definition): string[] {
  return modulesOf(definition)
    .filter(({ username }) => secret === `passwd/${username}`)
    .map(({ name }) => name);
}

/** Where it is written first, not where another layer adds to it. */
function firstPlace(definition: Definition, path: readonly string[]) {
  const origin = definition.origin(path);
  return [...(origin?.overrode ?? []).toReversed(), ...(origin === undefined ? [] : [origin])].find(
    ({ position }) => position !== undefined,
  )?.position;
}
