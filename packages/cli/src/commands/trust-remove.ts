import { FacsimileError, parseInstance } from "@facsimile/core";
import type { TrustRemoval, TrustRemoved } from "@facsimile/pipeline";
import { confirm, givenOptions } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import { printJson } from "../follow.ts";
import type { CommonOptions, Invocation } from "../invocation.ts";
import { openWorld } from "../open-world.ts";
import { refusedHint, removalText, removedText } from "../text/trust.ts";

export interface TrustRemoveOptions {
  readonly scope?: readonly string[];
  readonly root?: true;
  readonly reseal?: true;
  readonly yes?: true;
}

export interface TrustRemoveInvocation extends Omit<Invocation, "options"> {
  readonly options: TrustRemoveOptions & Pick<CommonOptions, "json">;
  /** A fingerprint, in groups or not. */
  readonly words: readonly string[];
}

/** Trusts a key no more. Where that leaves files that nobody can use, or no root, it asks first. */
export async function trustRemoveCommand({ words, options, world, run }: TrustRemoveInvocation): Promise<void> {
  const { json, root, reseal, scope } = options;
  if (root && scope !== undefined) throw new FacsimileError("USAGE", "--scope and --root do not go together", { hint: "A root of yours signs every scope." }); // biome-ignore format: one line
  const scopes = scope?.map((name) => parseInstance(name).full);
  const pipeline = { ...(await openWorld(world, { options: json ? { json } : {}, run })), onEvent: () => undefined };
  const { planTrustRemove, removeTrust } = await import("@facsimile/pipeline");
  const removal = await planTrustRemove({ fingerprint: words.join(" "), scopes, root, reseal }, pipeline);
  if (!(await isMeant(removal, { options, world }))) {
    run.status = EXIT.failed;
    return world.tell(`Nothing was changed.\n${refusedHint(removal)}`);
  }
  const removed = await removeTrust(removal, pipeline);
  if (json) printJson(documentOf(removal, removed), world);
  else world.print(removedText(removal, removed, world.style));
}

async function isMeant(
  removal: TrustRemoval,
  { options, world }: Pick<TrustRemoveInvocation, "options" | "world">,
): Promise<boolean> {
  const { refused, last, fingerprint } = removal;
  const { json, yes } = options;
  if (refused.length === 0 && !last) return true;
  if (!json) world.tell(removalText(removal, world.tellStyle));
  const files = refused.map(({ file }) => file).join(", ");
  const question = last ? "Trust nobody any more?" : `Go on, though nobody can use ${files} then?`;
  const command = ["facs trust remove", ...givenOptions(options), fingerprint];
  return confirm({ question, yes: yes === true, command: command.join(" ") }, { ask: json ? undefined : world.ask });
}

function documentOf(removal: TrustRemoval, { resealed, written }: TrustRemoved): object {
  const { fingerprint, userId, role, refused, unclear, last } = removal;
  const sealed = resealed.map(({ file, serial }) => ({ file, serial }));
  const scopes = removal.signers?.signers.get(fingerprint) ?? [];
  return {
    schema: "trust-remove/1",
    fingerprint,
    userId,
    role,
    scopes,
    resealed: sealed,
    refused,
    unclear,
    last,
    written,
  };
}
