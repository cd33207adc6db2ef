import { randomBytes } from "node:crypto";
import { FacsimileError } from "@facsimile/core";
import { type Draft, draftOf, type SealOptions, sealDraft, withLeaf } from "./draft.ts";
import { MAX_UIID, type Scalar, type StateDocument } from "./format/document.ts";
import { pointerOf } from "./format/leaf.ts";
import { keysOf, type ValueName, valueNameText } from "./format/value-name.ts";
import { makeValue, type Policy, policyText } from "./policy.ts";
import type { State } from "./state.ts";

/** One change of a state's content. */
export type Change =
  /** A value that a person gives; what was there is gone. */
  | { readonly type: "set"; readonly name: ValueName; readonly value: string }
  /** A new value, given or made; the one before stays in the leaf as the previous one. @throws `NOT_SET` */
  | { readonly type: "rotate"; readonly name: ValueName; readonly by: Policy | { readonly value: string } }
  /** @throws `NOT_SET` */
  | { readonly type: "unset"; readonly name: ValueName }
  /** A setting; `undefined` takes it out. @throws `NOT_SET` */
  | { readonly type: "setting"; readonly name: string; readonly value: Scalar | undefined }
  /** Gives a daemon a uiid, 1 to 255; one that it has already stays. @throws `UIID_TAKEN` */
  | { readonly type: "uiid"; readonly daemon: string; readonly uiid: number }
  /** Gives the uiid of a daemon free. @throws `NOT_SET` */
  | { readonly type: "forget"; readonly daemon: string };

/**
 * Makes changes, one after the other, and seals once. Where they come to nothing new, nothing is written.
 *
 * @throws As the changes say, and as `sealState`. The old file stands then.
 */
export async function changeState(state: State, changes: readonly Change[], options: SealOptions): Promise<State> {
  const draft = await draftOf(state, options);
  const changed = withChanges(draft, changes, { file: state.file, options });
  return changed === draft ? state : sealDraft(state, changed, options);
}

/** The draft with the changes made, one after the other; itself where they come to nothing new. */
export function withChanges(
  draft: Draft,
  changes: readonly Change[],
  at: { readonly file: string; readonly options: SealOptions },
): Draft {
  return changes.reduce((left, change) => applied(left, { change, ...at }), draft);
}

interface Application {
  readonly change: Change;
  /** As messages name it. */
  readonly file: string;
  readonly options: SealOptions;
}

function applied(draft: Draft, { change, file, options }: Application): Draft {
  switch (change.type) {
    case "set":
    case "rotate":
    case "unset":
      return withValue(draft, { change, file, options });
    case "setting":
      return withEntry(draft, { file, key: "settings", name: change.name, value: change.value });
    case "uiid":
      return withUiid(draft, { ...change, file });
    case "forget":
      return withEntry(draft, { file, key: "instances", name: change.daemon, value: undefined });
  }
}

type ValueChange = Extract<Change, { readonly name: ValueName }>;

function withValue(
  draft: Draft,
  { change, file, options: { now, random = randomBytes } }: Application & { readonly change: ValueChange },
): Draft {
  const { name } = change;
  const old = draft.leaves.get(pointerOf(keysOf(name)));
  if (change.type === "set" && old?.value === change.value) return draft;
  if (old === undefined && change.type !== "set") throw notSet(file, shown(name));
  if (change.type === "unset") return withLeaf(draft, { name, content: undefined }, random);
  const at = now().toISOString();
  const fresh = change.type === "set" ? change : change.by;
  const made =
    typeof fresh === "object" && "value" in fresh
      ? { value: fresh.value, created: at, policy: "given" }
      : { value: makeValue(fresh, random), created: at, policy: policyText(fresh) };
  const previous = change.type === "rotate" && old !== undefined ? { previous: { value: old.value, until: at } } : {};
  return withLeaf(draft, { name, content: { ...made, ...previous } }, random);
}

function withEntry(
  draft: Draft,
  { file, key, name, value }: { file: string; key: "settings" | "instances"; name: string; value: Scalar | undefined },
): Draft {
  const { document } = draft;
  if (value === undefined && !document[key].has(name)) throw notSet(file, name, key);
  if (value !== undefined && document.settings.get(name) === value) return draft;
  const entries = new Map<string, unknown>(document[key]);
  if (value === undefined) entries.delete(name);
  else entries.set(name, value);
  return { ...draft, document: { ...document, [key]: entries } as StateDocument };
}

function withUiid(
  draft: Draft,
  { daemon, uiid, file }: { readonly daemon: string; readonly uiid: number; readonly file: string },
): Draft {
  const { instances } = draft.document;
  if (instances.has(daemon)) return draft;
  const owner = [...instances].find(([, taken]) => taken.uiid === uiid)?.[0];
  if (owner !== undefined || !Number.isInteger(uiid) || uiid < 1 || uiid > MAX_UIID)
    throw taken(file, { daemon, uiid, owner });
  return { ...draft, document: { ...draft.document, instances: new Map([...instances, [daemon, { uiid }]]) } };
}

function taken(
  file: string,
  { daemon, uiid, owner }: { readonly daemon: string; readonly uiid: number; readonly owner: string | undefined },
): FacsimileError {
  const why = owner === undefined ? `is not 1 to ${MAX_UIID}` : `is that of ${owner}`;
  return new FacsimileError("UIID_TAKEN", `${daemon} cannot have the uiid ${uiid} in ${file}: it ${why}`, {
    hint: "Give it another number, or let a deploy choose one.",
  });
}

function shown(name: ValueName): string {
  return name.instance === undefined ? valueNameText(name) : `${valueNameText(name)} of ${name.instance} alone`;
}

function notSet(file: string, name: string, among?: "settings" | "instances"): FacsimileError {
  const what = among === undefined ? "secrets list" : "state show";
  return new FacsimileError("NOT_SET", `${file} holds no ${name}`, { hint: `facs ${what} shows what there is.` });
}
