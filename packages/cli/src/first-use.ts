import type { PipelineContext } from "@facsimile/pipeline";
import { firstUseText } from "./text/trust.ts";
import type { World } from "./world.ts";

type Confirm = NonNullable<PipelineContext["confirmRoot"]>;

/** Shows who signed, and has the end of the fingerprint typed: a mere yes would be given without looking. */
export async function confirmRoot(
  candidate: Parameters<Confirm>[0],
  { ask, tell }: Pick<World, "ask" | "tell">,
): ReturnType<Confirm> {
  if (ask === undefined) return undefined;
  tell(firstUseText(candidate));
  return isTyped(candidate.fingerprint, ask);
}

/** Has the end of a shown fingerprint typed before it is pinned. */
export async function isTyped(fingerprint: string, ask: NonNullable<World["ask"]>): Promise<boolean> {
  const typed = await ask("Type its last 8 digits to pin this key as a root, anything else to stop: ");
  return typed.replace(/\s/g, "").toUpperCase() === fingerprint.slice(-8);
}
