import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { compareBytes, FacsimileError } from "@facsimile/core";
import { type Draft, draftOf, type SealOptions, sealDraft, withLeaf } from "./draft.ts";
import type { ExportedValue, StateExport } from "./export.ts";
import { pointerOf } from "./format/leaf.ts";
import { keysOf, valueNameText } from "./format/value-name.ts";
import { DATA_KEY_BYTES, wrapDataKey } from "./format/wrap.ts";
import { innerOf, type State } from "./state.ts";
import { judge } from "./trust/memory.ts";

export interface ImportOptions extends SealOptions {
  /** Restore also what is older than the state that was seen last. Default `false`. */
  readonly acceptRollback?: boolean | undefined;
}

/**
 * Makes the state of an export again, where there is none: the same id, so that values others made stay what they are to
 * everybody's memory, and the next serial; a new data key.
 *
 * @param options `recipients`: default, those of the export.
 * @throws `STATE_EXISTS` where there is a state; `STATE_ROLLED_BACK`, `STATE_REPLACED` where it is not the one seen last; as
 *   `sealState`
 */
export async function restoreState(state: State, from: StateExport, options: ImportOptions): Promise<State> {
  if (state.serial > 0) throw exists(state.file);
  const { remembered, place } = innerOf(state);
  const { id, serial, digest } = from;
  const doubt = judge(remembered, { place, name: state.file, id, serial, digest });
  if (doubt !== undefined && options.acceptRollback !== true) throw doubt;
  return sealDraft(state, await restoredDraft(state, from, options), options);
}

async function restoredDraft(state: State, from: StateExport, options: ImportOptions): Promise<Draft> {
  const { keyring, now, random = randomBytes, recipients = from.recipients } = options;
  const { trust, remembered } = innerOf(state);
  const { id, scope } = from;
  const dataKey = random(DATA_KEY_BYTES);
  const readers = [...new Set(recipients)].sort(compareBytes);
  const message = await wrapDataKey(dataKey, { bound: { id, scope, recipients: readers }, trust, date: now(), random });
  const serial = Math.max(from.serial, remembered.files.get(id)?.serial ?? 0) + 1;
  const empty: Draft = {
    dataKey,
    leaves: new Map(),
    document: {
      ...{ id, scope, keys: { recipients: readers, message } },
      values: { passwd: new Map(), secrets: new Map(), overlay: new Map() },
      settings: new Map(Object.entries(from.settings)),
      instances: new Map(Object.entries(from.uiids).map(([daemon, uiid]) => [daemon, { uiid }])),
      seal: { serial, parents: [from.digest], signer: keyring.fingerprint, signature: [] },
    },
  };
  return withValues(empty, from.values, options);
}

/** What an import added to a state. */
export interface Imported {
  readonly state: State;
  /** `db/root`, `settings.data_dir`, `uiid x.0`. */
  readonly added: readonly string[];
  /** What is there already and differs, and numbers that another daemon has: it was left as it is. */
  readonly left: readonly string[];
}

/** Adds what a state does not have; what it has stays. With nothing to add nothing is written. @throws As `sealState` */
export async function addMissing(state: State, from: StateExport, options: ImportOptions): Promise<Imported> {
  const { opened } = innerOf(state);
  const leafAt = (value: ExportedValue) => opened?.leaves.get(pointerOf(keysOf(value)));
  const values = from.values.filter((value) => leafAt(value) === undefined);
  const settings = Object.entries(from.settings).filter(([name]) => state.setting(name) === undefined);
  const taken = new Set(state.daemons().map((daemon) => state.uiid(daemon)));
  const lacking = Object.entries(from.uiids).filter(([daemon]) => state.uiid(daemon) === undefined);
  const uiids = lacking.filter(([, uiid]) => !taken.has(uiid));
  const added = [...values.map(shown), ...settings.map(([name]) => `settings.${name}`), ...uiids.map(([name]) => `uiid ${name}`)]; // biome-ignore format: one line
  const left = [
    ...from.values.filter((value) => leafAt(value) && !isDeepStrictEqual(leafAt(value), value.content)).map(shown),
    ...Object.entries(from.settings).flatMap(([name, value]) => ([undefined, value].includes(state.setting(name)) ? [] : [`settings.${name}`])), // biome-ignore format: one line
    ...lacking.filter(([, uiid]) => taken.has(uiid)).map(([name]) => `uiid ${name}`),
    ...Object.entries(from.uiids).flatMap(([name, uiid]) => ([undefined, uiid].includes(state.uiid(name)) ? [] : [`uiid ${name}`])), // biome-ignore format: one line
  ];
  if (added.length === 0) return { state, added, left };
  const draft = withValues(await draftOf(state, options), values, options);
  const { document } = draft;
  const full = {
    ...document,
    settings: new Map([...document.settings, ...settings]),
    instances: new Map([...document.instances, ...uiids.map(([daemon, uiid]) => [daemon, { uiid }] as const)]),
  };
  return { state: await sealDraft(state, { ...draft, document: full }, options), added, left };
}

function withValues(draft: Draft, values: readonly ExportedValue[], { random = randomBytes }: ImportOptions): Draft {
  return values.reduce((left, { content, ...name }) => withLeaf(left, { name, content }, random), draft);
}

function shown(value: ExportedValue): string {
  return value.instance === undefined ? valueNameText(value) : `${valueNameText(value)} of ${value.instance}`;
}

function exists(file: string): FacsimileError {
  return new FacsimileError("STATE_EXISTS", `${file} exists already; nothing was restored`, {
    hint: "--merge adds what it does not have.",
  });
}
