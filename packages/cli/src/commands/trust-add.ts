import fs from "node:fs/promises";
import path from "node:path";
import { FacsimileError, parseInstance } from "@facsimile/core";
import type { TrustAddition, TrustAddRequest } from "@facsimile/pipeline";
import { confirm } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import { printJson } from "../follow.ts";
import { openWorld } from "../open-world.ts";
import type { CommonOptions, Invocation } from "../program.ts";
import { addedText, additionText } from "../text/trust.ts";
import type { World } from "../world.ts";

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
  const asked = { as: purposeOf(options), ...(await keyOf(words, world)) };
  if (yes && asked.fingerprint === undefined) throw unconfirmed(words);
  const pipeline = { ...(await openWorld(world, { options: json ? { json } : {}, run })), onEvent: () => undefined };
  const { addTrust, planTrustAdd } = await import("@facsimile/pipeline");
  const addition = await planTrustAdd({ ...asked, acceptRollback }, pipeline);
  const isNews = addition.changed || addition.key !== undefined;
  if (isNews && !json) world.tell(additionText(addition, world.style));
  const question = "Compare the fingerprint with its owner. Trust this key?";
  const command = commandOf(addition, { words, options });
  const ask = json ? undefined : world.ask;
  if (isNews && !(await confirm({ question, yes, command }, { ask }))) {
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

async function keyOf(words: readonly string[], { cwd }: World): Promise<Pick<TrustAddRequest, "fingerprint" | "key">> {
  const files = words.filter(isFile);
  const fingerprint = words.filter((word) => !isFile(word)).join(" ") || undefined;
  const [name, second] = files;
  if (second !== undefined) throw new FacsimileError("USAGE", "one key at a time", { hint: "facs trust add FILE.asc" });
  if (name === undefined) return { fingerprint };
  return { fingerprint, key: { name, text: await readKey(path.resolve(cwd, name), name) } };
}

function isFile(word: string): boolean {
  return /[/.]/.test(word);
}

async function readKey(file: string, name: string): Promise<string> {
  try {
    return await fs.readFile(file, "utf8");
  } catch (cause) {
    throw new FacsimileError("NO_PUBLIC_KEY", `${name} cannot be read: ${(cause as Error).message}`, {
      cause,
      hint: "Its owner can export it with: gpg --armor --export FINGERPRINT",
    });
  }
}

function unconfirmed(words: readonly string[]): FacsimileError {
  return new FacsimileError("USAGE", "--yes needs the full fingerprint: a file alone could hold any key", {
    hint: `facs trust add ${words.join(" ")} FINGERPRINT … --yes`,
  });
}

/** The line that does the same without a question. */
function commandOf(
  { fingerprint }: TrustAddition,
  { words, options: { scope = [], allScopes, root } }: Pick<TrustAddInvocation, "words" | "options">,
): string {
  const as = root ? ["--root"] : allScopes ? ["--all-scopes"] : scope.map((name) => `--scope ${name}`);
  return ["facs trust add", ...as, ...words.filter(isFile), fingerprint].join(" ");
}

function documentOf({ fingerprint, userId, signers, changed }: TrustAddition, written: readonly string[]): object {
  const scopes = signers === undefined ? "all" : signers.signers.get(fingerprint);
  const role = signers === undefined ? "root" : "signer";
  return { schema: "trust-add/1", fingerprint, userId, role, scopes, serial: signers?.serial, changed, written };
}
