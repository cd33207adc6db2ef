import fs from "node:fs/promises";
import path from "node:path";
import { Secret } from "@facsimile/core";
import { addMissing, exportState, type Imported, openExport, restoreState, type State, writeExport } from "@facsimile/state"; // biome-ignore format: one line
import type { PipelineContext } from "../context.ts";
import { readState } from "./state-file.ts";
import { type StateOf, stateOf } from "./state-of.ts";
import { stateTarget } from "./target.ts";

export interface ExportRequest {
  readonly instance: string;
  /** Absolute; must not exist. */
  readonly to: string;
  /** Fingerprints. Default: the state's recipients. */
  readonly recipients?: readonly string[] | undefined;
  readonly acceptRollback?: boolean | undefined;
}

/** Writes the whole state as one OpenPGP message. @throws As `exportState` and `writeExport` */
export async function exportTo(request: ExportRequest, context: PipelineContext): Promise<State> {
  const { instance, to, recipients, acceptRollback } = request;
  const { state, keyring } = await stateOf(instance, { use: "read", acceptRollback }, context);
  const named = recipients?.length ? { recipients } : {};
  await writeExport(to, await exportState(state, { keyring, now: context.now, ...named }));
  return state;
}

export interface ImportRequest {
  readonly instance: string;
  /** Absolute. */
  readonly from: string;
  /** Add what a state lacks that is there already. Default `false`: there must be none. */
  readonly merge?: boolean | undefined;
  /** For a restored state. Default: those of the export. */
  readonly recipients?: readonly string[] | undefined;
  readonly acceptRollback?: boolean | undefined;
}

export interface ImportReport extends Imported {
  readonly opened: StateOf;
  /** There was no state before. */
  readonly isRestored: boolean;
}

/** Makes a state from an export, or adds to one what it lacks, and seals. @throws As `openExport`, `restoreState`, `addMissing` */
export async function importFrom(request: ImportRequest, context: PipelineContext): Promise<ImportReport> {
  const { instance, from, merge = false, acceptRollback } = request;
  const armored = await fs.readFile(from, "utf8");
  const isMissing = (await readState(await stateTarget({ instance }, context))) === undefined;
  // A file that is gone is what an export is for: whether it is the right one is asked when it is restored.
  const opened = await stateOf(instance, { acceptRollback: isMissing || acceptRollback }, context);
  const { keyring, trust, state } = opened;
  const exported = await openExport(armored, { keyring, trust, scope: state.scope, file: path.basename(from) });
  context.redactor.add(...secretsOf(exported));
  const options = { keyring, now: context.now, acceptRollback, ...(request.recipients?.length ? { recipients: request.recipients } : {}) }; // biome-ignore format: one line
  if (merge && !isMissing) return { ...(await addMissing(state, exported, options)), opened, isRestored: false };
  return { state: await restoreState(state, exported, options), added: [], left: [], opened, isRestored: true };
}

function secretsOf({ values }: Awaited<ReturnType<typeof openExport>>): readonly Secret[] {
  return values.flatMap(({ name, content: { value, previous } }) =>
    [value, previous?.value].flatMap((text) => (text === undefined ? [] : [new Secret(text, name)])),
  );
}
