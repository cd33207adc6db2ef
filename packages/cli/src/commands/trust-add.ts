import { FacsimileError, meantOr, parseInstance, throwProblems } from "@facsimile/core";
import type { TrustAddition, TrustAddRequest } from "@facsimile/pipeline";
import { confirm, givenOptions } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import { isTyped } from "../first-use.ts";
import { printJson } from "../follow.ts";
import type { CommonOptions, Invocation } from "../invocation.ts";
import { isFile, keyWords, refuseUnnamed } from "../key-words.ts";
import { openWorld } from "../open-world.ts";
import { addedText, additionText, unusedText } from "../text/trust.ts";

export interface TrustAddOptions {
  readonly scope?: readonly string[];
  readonly allScopes?: true;
  readonly root?: true;
  readonly yes?: true;
  readonly acceptRollback?: true;
}

export interface TrustAddInvocation extends Omit<Invocation, "options"> {
  readonly options: TrustAddOptions & Pick<CommonOptions, "json">;
  /** A fingerprint, in groups or not, or a file, or both. */
  readonly words: readonly string[];
}

/** Shows a key, asks, and lets it sign. */
export async function trustAddCommand({ words, options, world, run }: TrustAddInvocation): Promise<void> {
  const { json, yes = false, acceptRollback } = options;
  const as = purposeOf(options);
  const given = await keyWords(words, world);
  refuseUnnamed(given, { yes, command: ["facs trust add", ...givenOptions(options)].join(" ") });
  const pipeline = { ...(await openWorld(world, { options: json ? { json } : {}, run })), onEvent: () => undefined };
  const { addTrust, planTrustAdd } = await import("@facsimile/pipeline");
  const addition = await planTrustAdd(
    { as, fingerprint: given.fingerprint, key: given.file, acceptRollback },
    pipeline,
  );
  if (yes) throwProblems(addition.unusedScopes.map(unknownScope));
  const isNews = addition.changed || addition.key !== undefined;
  if (isNews && !json) world.tell(additionText(addition, world.tellStyle));
  if (isNews && !(await isMeant(addition, { words, options, world }))) {
    run.status = EXIT.failed;
    return world.tell("Nothing was changed.\n");
  }
  const written = isNews ? await addTrust(addition, pipeline) : [];
  if (json) printJson(documentOf(addition, written), world);
  else world.print(addedText(addition, written));
}

function purposeOf({ scope = [], allScopes, root }: TrustAddOptions): TrustAddRequest["as"] {
  const chosen = [root, allScopes, scope.length > 0].filter(Boolean).length;
  if (chosen === 1 && root) return "root";
  if (chosen === 1) return { scopes: allScopes ? "all" : scope.map((name) => parseInstance(name).full) };
  const what = chosen === 0 ? "what may this key sign?" : "--scope, --all-scopes and --root do not go together";
  throw new FacsimileError("USAGE", what, {
    hint: "--scope NAME, which may be given again, or --all-scopes; or --root, for you alone",
  });
}

/** A root is typed, as at first use: it decides about everybody else. */
async function isMeant(
  { fingerprint }: TrustAddition,
  { words, options, world }: Pick<TrustAddInvocation, "words" | "options" | "world">,
): Promise<boolean> {
  const { json, yes = false, root } = options;
  const ask = json ? undefined : world.ask;
  if (root && !yes && ask !== undefined) return isTyped(fingerprint, ask);
  const question = "Compare the fingerprint with its owner. Trust this key?";
  const command = ["facs trust add", ...givenOptions(options), ...words.filter(isFile), fingerprint].join(" ");
  return confirm({ question, yes, command }, { ask });
}

/** Whoever is asked sees it as a warning: a scope may be wanted before its instance. */
function unknownScope({ scope, near }: TrustAddition["unusedScopes"][number]): FacsimileError {
  return new FacsimileError("UNKNOWN_SCOPE", unusedText(scope), {
    hint: meantOr(near, "If it is to come, run it without --yes on a terminal."),
  });
}

function documentOf({ fingerprint, userId, signers, changed }: TrustAddition, written: readonly string[]): object {
  const scopes = signers === undefined ? "all" : signers.signers.get(fingerprint);
  const role = signers === undefined ? "root" : "signer";
  return { schema: "trust-add/1", fingerprint, userId, role, scopes, serial: signers?.serial, changed, written };
}
