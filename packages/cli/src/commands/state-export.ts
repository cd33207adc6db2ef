import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import type { Importing, PipelineContext } from "@facsimile/pipeline";
import { parseFingerprint } from "@facsimile/state";
import { confirm, givenOptions } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import { printJson } from "../follow.ts";
import type { Invocation } from "../invocation.ts";
import { exportText, importText, restoredText } from "../text/state-export.ts";
import { contextOf } from "./state.ts";

export interface StateExportOptions {
  readonly to?: string;
  readonly recipient?: readonly string[];
  readonly acceptRollback?: true;
}

export interface StateExportInvocation extends Invocation<StateExportOptions> {
  readonly instance: string;
}

/** Writes a copy of a state that gpg opens by hand. */
export async function stateExportCommand(invocation: StateExportInvocation): Promise<void> {
  const { instance, options, world } = invocation;
  const { to, recipient, acceptRollback, json } = options;
  if (to === undefined) throw new FacsimileError("USAGE", "into which file?", { hint: "--to FILE" });
  if (to === "" || to === "-") throw new FacsimileError("USAGE", "an export goes into a file of its own", { hint: "--to FILE" }); // biome-ignore format: one line
  const recipients = recipient?.map(parseFingerprint);
  const context = await contextOf(invocation);
  const { exportTo } = await import("@facsimile/pipeline");
  const file = path.resolve(world.cwd, to);
  const state = await exportTo({ instance, to: file, recipients, acceptRollback }, context);
  const told = { file, scope: state.scope, serial: state.serial, recipients: recipients ?? state.recipients };
  if (json) printJson({ schema: "state-export/1", ...told }, world);
  else world.print(exportText({ ...told, file: to }));
}

export interface StateImportOptions extends Omit<StateExportOptions, "to"> {
  readonly from?: string;
  readonly merge?: true;
  readonly yes?: true;
}

export interface StateImportInvocation extends Invocation<StateImportOptions> {
  readonly instance: string;
}

/** Makes a state from a copy, once somebody confirmed who will open it; or adds what is missing. */
export async function stateImportCommand(invocation: StateImportInvocation): Promise<void> {
  const { instance, options, world, run } = invocation;
  const { from, merge, recipient, acceptRollback, json } = options;
  if (from === undefined) throw new FacsimileError("USAGE", "from which file?", { hint: "--from FILE" });
  const recipients = recipient?.map(parseFingerprint);
  const context = await contextOf(invocation);
  const { openImport, importFrom } = await import("@facsimile/pipeline");
  const request = { instance, from: path.resolve(world.cwd, from), merge, recipients, acceptRollback };
  const importing = await openImport(request, context);
  const { opened, isRestored } = importing;
  if (!(await mayRestore(importing, context, invocation))) {
    run.status = EXIT.failed;
    return world.tell("Nothing was changed.\n");
  }
  const { state, added, left } = await importFrom(importing, context);
  const file = path.relative(context.root, path.join(context.own, state.file));
  const told = { file, serial: state.serial, isRestored, added, left };
  if (json) return printJson({ schema: "state-import/1", ...told, recipients: state.recipients }, world);
  const { instance: name, definition } = opened;
  const change = { before: opened.state.serial, instance: name.full, local: definition.local };
  world.print(importText({ ...told, ...change }, world.style));
}

/** An old export may name somebody who was taken out since. */
async function mayRestore(
  { isRestored, recipients, opened: { keyring, state } }: Importing,
  context: PipelineContext,
  { instance, options, world }: StateImportInvocation,
): Promise<boolean> {
  const { yes, json } = options;
  const others = recipients.filter((fingerprint) => fingerprint !== keyring.fingerprint);
  if (!isRestored || state.serial > 0 || others.length === 0) return true;
  const { namesOf } = await import("@facsimile/pipeline");
  if (!json) world.tell(restoredText(state.file, await namesOf(recipients, context)));
  const question = `Make ${state.file} anew, for these ${recipients.length} recipients?`;
  const command = ["facs state import", instance, ...givenOptions(options)].join(" ");
  return confirm({ question, yes: yes === true, command }, { ask: json ? undefined : world.ask });
}
