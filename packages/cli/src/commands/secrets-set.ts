import { type Change, parseValueName, type State, type ValueName, valueNameText } from "@facsimile/state";
import { givenOptions } from "../confirm.ts";
import { readSecret } from "../secret-input.ts";
import { mayChange, notHeld, type Opened, openScope, report, type SecretsInvocation } from "./secrets.ts";
import { refuseValues } from "./secrets-words.ts";

export interface SecretsSetOptions {
  readonly file?: string;
  readonly only?: true;
  readonly yes?: true;
}

export interface SecretsSetInvocation extends SecretsInvocation<SecretsSetOptions> {
  readonly name: string;
  /** Arguments that must not be there. */
  readonly rest: readonly string[];
  /** The options that there are: `--file`. */
  readonly known: readonly string[];
}

/** Gives a value. */
export async function secretsSetCommand(invocation: SecretsSetInvocation): Promise<void> {
  const { instance, name, rest, known, options, world } = invocation;
  refuseValues({ words: [instance, name, ...rest], known });
  parseValueName(name);
  const opened = await openScope(invocation, "write");
  const place = placeOf(name, opened, options);
  const { infoOf, seenBy } = await import("@facsimile/pipeline");
  const isThere = infoOf(place, opened.scope.state) !== undefined;
  const sharers = seenBy(place, opened.scope);
  const command = ["facs secrets set", instance, name, ...givenOptions(options)].join(" ");
  if (isThere && !(await mayChange({ sharers, what: `Replace ${name}`, yes: options.yes, command }, invocation)))
    return;
  const value = (await readSecret({ name, file: options.file }, world)).reveal();
  const state = await change(opened, [{ type: "set", name: place, value }]);
  const done = state === opened.scope.state ? "kept" : isThere ? "replaced" : "set";
  const changes = [{ name, only: place.instance, change: done, policy: "given" } as const];
  report({ opened, state, changes, sharers, notes: await notesOn(place, opened) }, invocation);
}

export interface SecretsUnsetInvocation extends SecretsInvocation<Omit<SecretsSetOptions, "file">> {
  readonly name: string;
}

/** Takes a value out. */
export async function secretsUnsetCommand(invocation: SecretsUnsetInvocation): Promise<void> {
  const { instance, name, options } = invocation;
  parseValueName(name);
  const opened = await openScope(invocation, "write");
  const place = placeOf(name, opened, options);
  const { infoOf, seenBy } = await import("@facsimile/pipeline");
  if (infoOf(place, opened.scope.state) === undefined) throw notHeld(place, opened.scope, { canBeGiven: false });
  const sharers = seenBy(place, opened.scope);
  const command = ["facs secrets unset", instance, name, ...givenOptions(options)].join(" ");
  if (!(await mayChange({ sharers, what: `Take out ${name}`, yes: options.yes, command }, invocation))) return;
  const state = await change(opened, [{ type: "unset", name: place }]);
  const changes = [{ name, only: place.instance, change: "removed" } as const];
  report({ opened, state, changes, sharers, notes: stillWanted(place, opened) }, invocation);
}

/** Where a command is to work: at the value of all, or that of the instance alone. */
export function placeOf(name: string, { scope }: Opened, { only }: { readonly only?: true }): ValueName {
  return parseValueName(name, only ? scope.instance.full : undefined);
}

async function change({ scope, context }: Opened, changes: readonly Change[]): Promise<State> {
  const { changeSecrets } = await import("@facsimile/pipeline");
  return changeSecrets(scope, changes, context);
}

/** The instance sees another value than the one that was given. */
async function notesOn(place: ValueName, { scope }: Opened): Promise<readonly string[]> {
  const { placeSeen } = await import("@facsimile/pipeline");
  const own = placeSeen(valueNameText(place), scope)?.name.instance;
  if (own === undefined || own === place.instance) return [];
  return [`${scope.instance.full} sees the value of ${own} alone, which stays: --only changes that of an instance`];
}

function stillWanted(place: ValueName, { scope }: Opened): readonly string[] {
  const found = place.instance === undefined ? scope.wanted.get(valueNameText(place)) : undefined;
  if (found === undefined) return [];
  const then = found.policy === undefined ? "a deploy stops until it is set" : "the next deploy makes it anew";
  return [`${found.by} wants it: ${then}`];
}
