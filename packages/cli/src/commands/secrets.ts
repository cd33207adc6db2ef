import path from "node:path";
import { didYouMean, FacsimileError } from "@facsimile/core";
import type { PipelineContext, SecretScope, Sharer } from "@facsimile/pipeline";
import { type State, type ValueName, valueNameText, valuesOf } from "@facsimile/state";
import { confirm } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { type ChangedSecret, type SecretsChange, secretsChangeText } from "../text/secrets.ts";
import { contextOf } from "./state.ts";

export interface SecretsInvocation<Options = object> extends Invocation<Options> {
  readonly instance: string;
}

export interface Opened {
  readonly scope: SecretScope;
  readonly context: PipelineContext;
}

/** Opens the secrets of an instance. `"read"` warns where `"write"` refuses. */
export async function openScope(invocation: SecretsInvocation, use: "read" | "write"): Promise<Opened> {
  const context = await contextOf(invocation);
  const { openSecrets } = await import("@facsimile/pipeline");
  return { scope: await openSecrets(invocation.instance, { use }, context), context };
}

export interface ProtectedChange {
  /** Everybody for whom a value changes. */
  readonly sharers: readonly Sharer[];
  /** `Rotate db/root`. */
  readonly what: string;
  readonly yes: boolean | undefined;
  /** The command to type where nobody can be asked. */
  readonly command: string;
}

/** Asks before values of a protected instance change. @returns Whether to go on; a no is told. */
export async function mayChange(
  { sharers, what, yes = false, command }: ProtectedChange,
  { world, run }: Pick<Invocation, "world" | "run">,
): Promise<boolean> {
  const names = sharers.filter((sharer) => sharer.protected).map(({ instance }) => instance);
  if (names.length === 0) return true;
  const question = `${names.join(", ")} ${names.length === 1 ? "is" : "are"} protected. ${what}?`;
  if (await confirm({ question, yes, command }, world)) return true;
  run.status = EXIT.failed;
  world.tell("Nothing was changed.\n");
  return false;
}

export interface Report {
  readonly opened: Opened;
  /** As it is now. */
  readonly state: State;
  readonly changes: readonly ChangedSecret[];
  readonly sharers: readonly Sharer[];
  /** More to say, a line each. */
  readonly notes?: readonly string[];
}

/** Says which file changed, for whom, and what to do next. */
export function report(
  { opened: { scope, context }, state, changes, sharers, notes = [] }: Report,
  { options, world }: Pick<Invocation, "options" | "world">,
): void {
  const change: SecretsChange = {
    schema: "secrets-change/1",
    instance: scope.instance.full,
    scope: state.scope,
    file: path.relative(context.root, path.join(context.own, state.file)),
    before: scope.state.serial,
    serial: state.serial,
    changes,
    seenBy: sharers.map(({ instance }) => instance),
    notes,
  };
  if (options.json) printJson(change, world);
  else world.print(secretsChangeText(change, { local: scope.definition.local, style: world.style }));
}

/** @throws `NOT_SET`, with what may have been meant, or how to give it */
export function notHeld(
  name: ValueName,
  { state, instance, wanted }: SecretScope,
  { canBeGiven = true }: { readonly canBeGiven?: boolean } = {},
): FacsimileError {
  const text = valueNameText(name);
  const whose = name.instance === undefined ? "" : ` for ${name.instance} alone`;
  const held = new Set(valuesOf(state).map((info) => valueNameText(info.name)));
  const near = held.has(`passwd/${text}`) ? `passwd/${text}` : didYouMean(text, held);
  const policy = wanted.get(text)?.policy;
  const elsewhere = whereElse(name, state);
  if (elsewhere !== undefined) return new FacsimileError("NOT_SET", `${state.file} holds no ${text}${whose}`, { hint: elsewhere }); // biome-ignore format: one line
  const meant = near === undefined || near === text ? "" : `Did you mean ${near}? `;
  const give = `${meant === "" ? "Give" : "Or give"} it: facs secrets ${policy === undefined ? "set" : "generate"} ${instance.full} ${text}`;
  const list = `facs secrets list ${instance.full} shows what there is.`;
  return new FacsimileError("NOT_SET", `${state.file} holds no ${text}${whose}`, {
    hint: `${meant}${canBeGiven ? give : list}`,
  });
}

/** The same name, for others than those that were meant. */
function whereElse(name: ValueName, state: State): string | undefined {
  const same = valuesOf(state).filter((info) => valueNameText(info.name) === valueNameText(name));
  const owners = same.flatMap((info) => info.name.instance ?? []);
  if (same.length > owners.length) return "There is one that all share: leave out --only.";
  return owners.length === 0
    ? undefined
    : `There is one of ${owners.join(", ")} alone: name that instance, and --only.`;
}
