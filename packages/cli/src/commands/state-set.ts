import path from "node:path";
import type { PipelineContext, StateOf } from "@facsimile/pipeline";
import type { Scalar, State } from "@facsimile/state";
import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { stateChangeText } from "../text/state-change.ts";
import type { World } from "../world.ts";
import { mayChange } from "./secrets.ts";
import { contextOf } from "./state.ts";

export interface StateSetInvocation extends Invocation<{ readonly yes?: true }> {
  readonly instance: string;
  readonly name: string;
  /** As it was typed; undefined takes it out. */
  readonly value: string | undefined;
}

/** Sets a setting of a state, or takes it out. */
export async function stateSetCommand(invocation: StateSetInvocation): Promise<void> {
  const { instance, name, options, world } = invocation;
  const value = invocation.value === undefined ? undefined : scalarOf(invocation.value);
  const context = await contextOf(invocation);
  const { changeSetting, sharersIn, stateOf } = await import("@facsimile/pipeline");
  const opened = await stateOf(instance, {}, context);
  const what = value === undefined ? `Take out ${name}` : `Set ${name}`;
  const command = value === undefined ? `facs state unset ${instance} ${name}` : `facs state set ${instance} ${name} …`;
  const sharers = await sharersIn(opened, context);
  if (!(await mayChange({ sharers, what, yes: options.yes, command }, invocation))) return;
  const state = await changeSetting(opened, { name, value }, context);
  const { file, serial } = state;
  const written = state !== opened.state;
  if (options.json) return printJson({ schema: "state-set/1", file, serial, name, value, written }, world);
  const done = value === undefined ? ["removed", [name]] : ["set", [`${name} = ${JSON.stringify(value)}`]];
  reportChange({ opened, state, done: [done as [string, string[]]], nothing: `${name} has this value already` }, { context, world }); // biome-ignore format: one line
}

/** `true`, `false` and quoted strings as JSON has them; numbers that are spelled as they would be printed, so that `1.10` and long ones stay texts; anything else as it stands. */
function scalarOf(text: string): Scalar {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "number") return String(value) === text ? value : text;
    return typeof value === "string" || typeof value === "boolean" ? value : text;
  } catch {
    return text;
  }
}

export interface ChangeReport {
  readonly opened: StateOf;
  readonly state: State;
  /** What was done, by label. */
  readonly done: readonly (readonly [string, readonly string[]])[];
  /** What is said where nothing was written. */
  readonly nothing: string;
}

/** Says which file changed, and what to do next. */
export function reportChange(
  { opened, state, done, nothing }: ChangeReport,
  { context, world }: { context: PipelineContext; world: World },
): void {
  const file = path.relative(context.root, path.join(context.own, state.file));
  const { instance, definition } = opened;
  const told = { file, before: opened.state.serial, serial: state.serial, done, nothing };
  world.print(stateChangeText({ ...told, instance: instance.full, local: definition.local }, world.style));
}
