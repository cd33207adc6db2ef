import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import { parseFingerprint } from "@facsimile/state";
import { printJson } from "../follow.ts";
import type { Invocation } from "../program.ts";
import { exportText, importText } from "../text/state-export.ts";
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
}

export interface StateImportInvocation extends Invocation<StateImportOptions> {
  readonly instance: string;
}

/** Makes a state from a copy, or adds what is missing. */
export async function stateImportCommand(invocation: StateImportInvocation): Promise<void> {
  const { instance, options, world } = invocation;
  const { from, merge, recipient, acceptRollback, json } = options;
  if (from === undefined) throw new FacsimileError("USAGE", "from which file?", { hint: "--from FILE" });
  const recipients = recipient?.map(parseFingerprint);
  const context = await contextOf(invocation);
  const { importFrom } = await import("@facsimile/pipeline");
  const request = { instance, from: path.resolve(world.cwd, from), merge, recipients, acceptRollback };
  const report = await importFrom(request, context);
  const { state, opened, added, left, isRestored } = report;
  const file = path.relative(context.root, path.join(context.own, state.file));
  if (json) return printJson({ schema: "state-import/1", file, serial: state.serial, isRestored, added, left }, world);
  const { instance: name, definition } = opened;
  const told = {
    file,
    before: opened.state.serial,
    serial: state.serial,
    instance: name.full,
    local: definition.local,
  };
  world.print(importText({ ...told, added, left, isRestored }, world.style));
}
