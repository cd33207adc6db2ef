import { FacsimileError, parseInstance } from "@facsimile/core";
import type { RecipientsProposal, RecipientsRequest } from "@facsimile/pipeline";
import { confirm, givenOptions } from "../confirm.ts";
import { EXIT, statusOf } from "../exit.ts";
import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { isFile, keyWords, refuseUnnamed } from "../key-words.ts";
import { openWorld } from "../open-world.ts";
import { recipientsText } from "../text/recipients.ts";
import { proposalText, sealedText } from "../text/recipients-change.ts";
import { documentOf } from "./recipients-json.ts";

export interface RecipientsOptions {
  readonly scope?: readonly string[];
  readonly allScopes?: true;
  readonly all?: true;
  readonly rotate?: true;
  readonly allowSingle?: true;
  readonly yes?: true;
}

/** The words after the verb: a key, or an instance. */
export interface RecipientsInvocation extends Invocation<RecipientsOptions> {
  readonly words: readonly string[];
}

/** Prints who can open the states, and who is to. */
export async function recipientsListCommand({ words, options, world, run }: RecipientsInvocation): Promise<void> {
  const pipeline = await openWorld(world, { options, run });
  const { listRecipients } = await import("@facsimile/pipeline");
  const report = await listRecipients({ instance: words[0] }, { ...pipeline, onEvent: () => undefined });
  if (options.json) printJson(report, world);
  else world.print(recipientsText(report, world.style));
  const codes = report.scopes.flatMap(({ problem }) => problem?.code ?? []);
  if (codes.length > 0) run.status = statusOf(codes);
}

/** Lets a key open scopes. */
export async function recipientsAddCommand(invocation: RecipientsInvocation): Promise<void> {
  const { words, options, world } = invocation;
  const [given, scopes] = [await keyWords(words, world), scopesOf(options)];
  const line = ["facs recipients add", ...givenOptions(options)];
  refuseUnnamed(given, { yes: options.yes, command: line.join(" ") });
  await change(invocation, {
    question: "Compare the fingerprint with its owner. Let this key open them?",
    command: ({ key }) =>
      [...line, ...(key === undefined ? words : [...words.filter(isFile), key.fingerprint])].join(" "),
    propose: async (context) => {
      const { proposeRecipients, recipientKeyOf } = await import("@facsimile/pipeline");
      const key = await recipientKeyOf(given, context);
      return proposeRecipients({ scopes, change: { type: "add", ...key } }, context);
    },
  });
}

/** Takes a key out of scopes, and says what its owner knew. */
export async function recipientsRemoveCommand(invocation: RecipientsInvocation): Promise<void> {
  const { words, options } = invocation;
  const [scopes, { allowSingle }] = [scopesOf(options), options];
  await change(invocation, {
    question: "Take these keys out?",
    command: () => ["facs recipients remove", ...words, ...givenOptions(options)].join(" "),
    propose: async (context) => {
      const { proposeRecipients, recipientKeyOf } = await import("@facsimile/pipeline");
      const { fingerprint } = await recipientKeyOf({ fingerprint: words.join(" ") }, context);
      return proposeRecipients({ scopes, change: { type: "remove", fingerprint }, allowSingle }, context);
    },
  });
}

/** Makes the sealed lists what definitions wish. */
export async function recipientsApplyCommand(invocation: RecipientsInvocation): Promise<void> {
  const { words, options } = invocation;
  const [instance] = words;
  if ((instance === undefined) !== (options.all ?? false)) {
    throw new FacsimileError("USAGE", instance === undefined ? "of which instance?" : "--all takes no instance", {
      hint: "facs recipients apply INSTANCE\nfacs recipients apply --all",
    });
  }
  await change(invocation, {
    question: "Make this so?",
    command: () => ["facs recipients apply", ...words, ...givenOptions(options)].join(" "),
    propose: async (context) => {
      const { proposeWished } = await import("@facsimile/pipeline");
      return proposeWished({ instance, allowSingle: options.allowSingle }, context);
    },
  });
}

type Context = Parameters<typeof import("@facsimile/pipeline").sealRecipients>[1];

interface Change {
  readonly question: string;
  /** The line that does the same without a question, but for `--yes`. */
  readonly command: (proposal: RecipientsProposal) => string;
  readonly propose: (context: Context) => Promise<RecipientsProposal>;
}

/** Shows, asks, seals, tells. */
async function change({ options, world, run }: RecipientsInvocation, wanted: Change): Promise<void> {
  const { json, yes = false, rotate } = options;
  const context = { ...(await openWorld(world, { options, run })), onEvent: () => undefined, rotate };
  const proposal = await wanted.propose(context);
  const isNews = proposal.steps.length > 0;
  if (isNews && !json) world.tell(proposalText(proposal, world.tellStyle));
  const ask = json ? undefined : world.ask;
  if (isNews && !(await confirm({ question: wanted.question, yes, command: wanted.command(proposal) }, { ask }))) {
    run.status = EXIT.failed;
    return world.tell("Nothing was changed.\n");
  }
  const { sealRecipients } = await import("@facsimile/pipeline");
  const sealed = await sealRecipients(proposal, context);
  if (json) printJson(documentOf(proposal, sealed), world);
  else world.print(sealedText(proposal, sealed, world.style));
}

function scopesOf({ scope, allScopes }: RecipientsOptions): RecipientsRequest["scopes"] {
  if (scope !== undefined && allScopes)
    throw new FacsimileError("USAGE", "--scope and --all-scopes do not go together");
  return allScopes ? "all" : scope?.map((name) => parseInstance(name).full);
}
