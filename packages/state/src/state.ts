import { type FacsimileError, type InstanceName, Secret } from "@facsimile/core";
import type { Scalar, StateDocument } from "./format/document.ts";
import { type LeafContent, type LeafPlace, openLeaf, pointerOf } from "./format/leaf.ts";
import type { Store } from "./store/store.ts";
import type { Memory, Remembered, SealedFile } from "./trust/memory.ts";
import type { Trust } from "./trust/trust.ts";

/** A scope's state, verified and decrypted; immutable. */
export interface State {
  readonly scope: string;
  /** `undefined` until first sealed. */
  readonly id: string | undefined;
  /** 0 until first sealed. */
  readonly serial: number;
  /** sha256 of the file, `undefined` until first sealed. */
  readonly digest: string | undefined;
  /** The file as messages name it: `state/production.json`. */
  readonly file: string;
  /** Fingerprints of all who can open it. */
  readonly recipients: readonly string[];
  /** Why this may be an old or foreign copy; only a state opened with `use: "read"` has any. */
  readonly warnings: readonly FacsimileError[];
  /** What the instance's overlay says, else that of `a.b` for `a.b.c`, and so on, else what all sharers have. */
  password(username: string, instance: InstanceName): Secret | undefined;
  secret(name: string, instance: InstanceName): Secret | undefined;
  setting(name: string): Scalar | undefined;
  /** All settings, by name. */
  settings(): Readonly<Record<string, Scalar>>;
  /** 1–255, of a daemon such as `workerd.0`. */
  uiid(daemon: string): number | undefined;
  /** Every name with a uiid. */
  daemons(): readonly string[];
  /** Every secret, previous values too: what outputs must be kept free of. */
  secrets(): Secret[];
}

/** Where a state came from, what it needs to be written again, and its values in clear. */
export interface Inner {
  readonly store: Store;
  readonly trust: Trust;
  readonly memory: Memory;
  readonly remembered: Remembered;
  readonly place: string;
  readonly opened: Opened | undefined;
}

export interface Opened {
  readonly document: StateDocument;
  readonly digest: string;
  readonly dataKey: Uint8Array;
  /** By pointer. */
  readonly leaves: ReadonlyMap<string, LeafContent>;
}

// Beside the object, not in it: no printing of a state finds keys or values.
const inners = new WeakMap<State, Inner>();

export function innerOf(state: State): Inner {
  const inner = inners.get(state);
  if (inner === undefined) throw new Error("this state was not made by openState");
  return inner;
}

export function makeState(scope: string, inner: Inner, warnings: readonly FacsimileError[] = []): State {
  const { opened } = inner;
  const document = opened?.document;
  const find = (section: string, name: string, instance: InstanceName) => {
    const key = placesOf(section, name, instance).find((keys) => opened?.leaves.has(pointerOf(keys)));
    return key && secretAt(key, opened?.leaves.get(pointerOf(key)));
  };
  const state: State = Object.freeze<State>({
    scope,
    id: document?.id,
    serial: document?.seal.serial ?? 0,
    digest: opened?.digest,
    file: inner.store.name(scope),
    recipients: document?.keys.recipients ?? [],
    warnings,
    password: (username, instance) => find("passwd", username, instance),
    secret: (name, instance) => find("secrets", name, instance),
    setting: (name) => document?.settings.get(name),
    settings: () => Object.fromEntries(document?.settings ?? []),
    uiid: (daemon) => document?.instances.get(daemon)?.uiid,
    daemons: () => [...(document?.instances.keys() ?? [])],
    secrets: () => (opened === undefined ? [] : allSecrets(opened)),
  });
  inners.set(state, inner);
  return state;
}

/** How {@link confirmSeal} remembers a state. */
export function sealedFileOf(state: State): SealedFile | undefined {
  const { place, opened } = innerOf(state);
  if (opened === undefined) return undefined;
  const { id, seal } = opened.document;
  return { place, name: state.file, id, serial: seal.serial, digest: opened.digest, parents: seal.parents };
}

/** The keys from the root to every leaf of a document, and its text. */
export function leavesOf({ values }: StateDocument): { readonly keys: readonly string[]; readonly text: string }[] {
  const sections = [
    { keys: ["values"], section: values as Pick<typeof values, "passwd" | "secrets"> },
    ...[...values.overlay].map(([instance, section]) => ({ keys: ["values", "overlay", instance], section })),
  ];
  return sections.flatMap(({ keys, section }) =>
    (["passwd", "secrets"] as const).flatMap((kind) =>
      [...section[kind]].map(([name, text]) => ({ keys: [...keys, kind, name], text })),
    ),
  );
}

/** Opens every leaf at its place. `wrong`: the keys of those that do not belong there. */
export function openLeaves(
  document: StateDocument,
  place: Pick<LeafPlace, "dataKey">,
): {
  readonly leaves: ReadonlyMap<string, LeafContent>;
  readonly wrong: readonly (readonly string[])[];
} {
  const opened = leavesOf(document).map(({ keys, text }) => {
    const pointer = pointerOf(keys);
    return { keys, pointer, content: openLeaf(text, { ...place, id: document.id, pointer }) };
  });
  const leaves = opened.flatMap(({ pointer, content }) => (content === undefined ? [] : [[pointer, content] as const]));
  return {
    leaves: new Map(leaves),
    wrong: opened.filter(({ content }) => content === undefined).map(({ keys }) => keys),
  };
}

// Strongest first: overlay of a.b.c, of a.b, of a, then the values of all.
function placesOf(section: string, name: string, { parts }: InstanceName): string[][] {
  const overlays = parts.map((_, index) => parts.slice(0, parts.length - index).join("."));
  return [...overlays.map((instance) => ["values", "overlay", instance, section, name]), ["values", section, name]];
}

function allSecrets({ document, leaves }: Opened): Secret[] {
  return leavesOf(document).flatMap(({ keys }) => {
    const content = leaves.get(pointerOf(keys));
    const current = secretAt(keys, content);
    const previous = content?.previous && new Secret(content.previous.value, `${nameOf(keys)} (previous)`);
    return [current, previous].filter((secret) => secret !== undefined);
  });
}

function secretAt(keys: readonly string[], content: LeafContent | undefined): Secret | undefined {
  return content && new Secret(content.value, nameOf(keys));
}

/** `passwd/storefront`, `secrets/db/root`, `overlay/dev.dev0/passwd/storefront`. */
function nameOf(keys: readonly string[]): string {
  return keys.slice(1).join("/");
}
