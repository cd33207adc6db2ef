import fs from "node:fs/promises";
import path from "node:path";
import { compareBytes, FacsimileError, Secret } from "@facsimile/core";
import { addMissing, exportState, type Imported, openExport, publishedKeys, restoreState, type State, type StateExport, writeExport } from "@facsimile/state"; // biome-ignore format: one line
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

/** An export that was opened, and what it is to become. */
export interface Importing {
  readonly opened: StateOf;
  readonly exported: StateExport;
  /** There is no state: it is made from the export. */
  readonly isRestored: boolean;
  /** Fingerprints of all who will open it, sorted. */
  readonly recipients: readonly string[];
  readonly acceptRollback: boolean;
}

/** Opens an export and the state that it is for. Nothing is written. @throws As `openExport`; `FILE_UNREADABLE`, `STATE_EXISTS` */
export async function openImport(request: ImportRequest, context: PipelineContext): Promise<Importing> {
  const { instance, from, merge = false, acceptRollback = false } = request;
  const armored = await readExport(from);
  const isMissing = (await readState(await stateTarget({ instance }, context))) === undefined;
  // A file that is gone is what an export is for: whether it is the right one is asked when it is restored.
  const opened = await stateOf(instance, { acceptRollback, acceptMissing: isMissing }, context);
  const { keyring, trust, state } = opened;
  const published = await publishedKeys(context.own);
  const exported = await openExport(armored, { keyring, trust, published, scope: state.scope, file: path.basename(from) }); // biome-ignore format: one line
  context.redactor.add(...secretsOf(exported));
  const named = request.recipients?.length ? request.recipients : exported.recipients;
  const isRestored = isMissing || !merge;
  return { opened, exported, isRestored, recipients: isRestored ? [...named].sort(compareBytes) : state.recipients, acceptRollback }; // biome-ignore format: one line
}

/** Makes a state from an export, or adds to one what it lacks, and seals. @throws As `restoreState`, `addMissing` */
export async function importFrom(importing: Importing, { now }: PipelineContext): Promise<Imported> {
  const { opened, exported, isRestored, recipients, acceptRollback } = importing;
  const options = { keyring: opened.keyring, now, acceptRollback, recipients };
  if (!isRestored) return addMissing(opened.state, exported, options);
  return { state: await restoreState(opened.state, exported, options), added: [], left: [] };
}

async function readExport(file: string): Promise<string> {
  return fs.readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    const why = { ENOENT: "there is no such file", EISDIR: "it is a folder" }[cause.code ?? ""] ?? cause.message;
    throw new FacsimileError("FILE_UNREADABLE", `${file} cannot be read: ${why}`, {
      cause,
      hint: "--from FILE names a copy that facs state export made. Nothing was changed.",
    });
  });
}

function secretsOf({ values }: StateExport): readonly Secret[] {
  return values.flatMap(({ name, content: { value, previous } }) =>
    [value, previous?.value].flatMap((text) => (text === undefined ? [] : [new Secret(text, name)])),
  );
}
