import { FacsimileError } from "@facsimile/core";
import type { Scalar } from "../format/document.ts";
import { type ClearMerge, type Entry, isSameEntry, mergeClear } from "./clear.ts";
import { shownPointer } from "./flat.ts";
import type { OpenMerge } from "./open-merge.ts";
import { type MergedUiids, mergeUiids } from "./uiids.ts";

export type SideName = "ours" | "theirs";

/** What both sides changed, each in its way: somebody must say which is right. */
export interface Clash {
  readonly kind: "value" | "setting" | "recipients";
  /** `db/root`, `passwd/storefront of dev.dev0`, `data_dir`; empty for the recipients. */
  readonly name: string;
  /** How each side tells it; never a value. */
  readonly ours: string;
  readonly theirs: string;
}

/** Something in which the two sides differ, and whose word counts. */
export interface MergeChange {
  readonly kind: "value" | "setting" | "recipient" | "uiid";
  readonly name: string;
  /** What this side did to it, seen from the other one. */
  readonly change: "added" | "changed" | "removed";
  readonly from: SideName;
}

/** What a merge comes to. Every clash is settled. */
export interface MergePlan {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly settings: ReadonlyMap<string, Scalar>;
  readonly recipients: readonly string[];
  readonly uiids: MergedUiids;
  readonly changes: readonly MergeChange[];
  /** Names of values that only the side of somebody who is no recipient any more had: he could read them. */
  readonly exposed: readonly string[];
}

/** Everything that somebody must decide. Pure. */
export function clashesOf(open: OpenMerge): readonly Clash[] {
  const { values, settings, recipients } = mergeClear(open);
  const [ours, theirs] = [open.ours.document.keys.recipients, open.theirs.document.keys.recipients];
  return [
    ...[...values.clashes].map(([pointer, sides]): Clash => {
      return { kind: "value", name: shownPointer(pointer), ours: told(sides.ours), theirs: told(sides.theirs) };
    }),
    ...[...settings.clashes].map(([name, sides]): Clash => {
      return { kind: "setting", name, ours: toldSetting(sides.ours), theirs: toldSetting(sides.theirs) };
    }),
    ...(recipients.isClash
      ? [{ kind: "recipients", name: "", ours: ours.join(", "), theirs: theirs.join(", ") } as const]
      : []),
  ];
}

/**
 * What the merge comes to when clashes are settled so. Pure.
 *
 * @param settle Default: the side `first`, which also keeps a uiid that both sides gave away and neither had before.
 * @throws `STATE_UIIDS_FULL`
 */
export function planMerge(
  open: OpenMerge,
  { settle, first = laterSide(open) }: { settle: (clash: Clash) => SideName; first?: SideName | undefined },
): MergePlan {
  const clear = mergeClear(open);
  const clashes = clashesOf(open);
  const sideOf = (kind: Clash["kind"], name: string) => {
    const clash = clashes.find((each) => each.kind === kind && each.name === name);
    return clash === undefined ? undefined : settle(clash);
  };
  const entries = settled(clear.values, (pointer) => sideOf("value", shownPointer(pointer)));
  const settings = settled(clear.settings, (name) => sideOf("setting", name));
  const side = sideOf("recipients", "");
  const recipients = side === undefined ? clear.recipients.merged : open[side].document.keys.recipients;
  const uiids = mergeUiids(mapsOfUiids(open), first);
  if (uiids.homeless.length > 0) throw full(open.state.file, uiids.homeless);
  const plan = { entries, settings, recipients, uiids };
  return { ...plan, changes: changesOf(open, plan), exposed: exposedOf(open, plan) };
}

/** The side of the higher serial; ours where they are alike. */
function laterSide({ ours, theirs }: OpenMerge): SideName {
  return theirs.document.seal.serial > ours.document.seal.serial ? "theirs" : "ours";
}

function settled<T>(
  { merged, clashes }: ClearMerge["values" | "settings"] & { merged: ReadonlyMap<string, T> },
  sideOf: (name: string) => SideName | undefined,
): ReadonlyMap<string, T> {
  const all = new Map<string, T>(merged);
  for (const [name, sides] of clashes) {
    const value = sides[sideOf(name) ?? "ours"] as T | undefined;
    if (value === undefined) all.delete(name);
    else all.set(name, value);
  }
  return all;
}

function mapsOfUiids({ ours, theirs, base }: OpenMerge) {
  const { instances } = ours.document;
  return { base: base?.document.instances ?? new Map(), ours: instances, theirs: theirs.document.instances };
}

type Content = Omit<MergePlan, "changes" | "exposed">;

function changesOf({ ours, theirs }: OpenMerge, plan: Content): MergeChange[] {
  const [mine, other] = [ours.document, theirs.document];
  const numbers = (instances: typeof mine.instances) => new Map([...instances].map(([name, { uiid }]) => [name, uiid]));
  const readers = (names: readonly string[]) => new Map(names.map((name) => [name, true]));
  const entries = (side: OpenMerge["ours"]) =>
    new Map([...side.leaves].map(([pointer, content]) => [pointer, { text: "", content }] as const));
  const same = (one: Entry | undefined, another: Entry | undefined) =>
    isSameEntry(one && { ...one, text: "1" }, another && { ...another, text: "2" });
  return [
    ...listed("value", { ours: entries(ours), theirs: entries(theirs), merged: plan.entries, same }).map((change) => ({
      ...change,
      name: shownPointer(change.name),
    })),
    ...listed("setting", { ours: mine.settings, theirs: other.settings, merged: plan.settings }),
    ...listed("uiid", {
      ours: numbers(mine.instances),
      theirs: numbers(other.instances),
      merged: numbers(plan.uiids.instances),
    }),
    ...listed("recipient", {
      ours: readers(mine.keys.recipients),
      theirs: readers(other.keys.recipients),
      merged: readers(plan.recipients),
    }),
  ];
}

interface Listing<T> {
  readonly ours: ReadonlyMap<string, T>;
  readonly theirs: ReadonlyMap<string, T>;
  readonly merged: ReadonlyMap<string, T>;
  readonly same?: (one: T | undefined, other: T | undefined) => boolean;
}

function listed<T>(kind: MergeChange["kind"], { ours, theirs, merged, same = Object.is }: Listing<T>): MergeChange[] {
  const names = [...new Set([...ours.keys(), ...theirs.keys()])];
  return names
    .filter((name) => !same(ours.get(name), theirs.get(name)))
    .map((name) => {
      const from = same(merged.get(name), theirs.get(name)) ? "theirs" : "ours";
      const [own, other] = from === "ours" ? [ours, theirs] : [theirs, ours];
      const change = !own.has(name) ? "removed" : other.has(name) ? "changed" : "added";
      return { kind, name, change, from };
    });
}

function exposedOf({ ours, theirs }: OpenMerge, { entries, recipients }: Content): string[] {
  const isOpen = (side: OpenMerge["ours"]) => side.document.keys.recipients.some((name) => !recipients.includes(name));
  const holds = (side: OpenMerge["ours"], pointer: string, content: Entry["content"]) =>
    content !== undefined && side.leaves.get(pointer)?.value === content.value;
  const [open, closed] = [[ours, theirs].filter(isOpen), [ours, theirs].filter((side) => !isOpen(side))];
  return [...entries].flatMap(([pointer, { content }]) => {
    const isKnown = open.some((side) => holds(side, pointer, content));
    return isKnown && !closed.some((side) => holds(side, pointer, content)) ? [shownPointer(pointer)] : [];
  });
}

function told(entry: Entry | undefined): string {
  if (entry === undefined) return "taken out";
  const { created = "", policy = "" } = entry.content ?? {};
  return `${policy}, ${created}`;
}

function toldSetting(value: Scalar | undefined): string {
  return value === undefined ? "taken out" : JSON.stringify(value);
}

function full(file: string, daemons: readonly string[]): FacsimileError {
  return new FacsimileError("STATE_UIIDS_FULL", `${file} has no uiid left for ${daemons.join(", ")}`, {
    hint: "facs state purge on one side gives those free that no definition names any more; then merge again.",
  });
}
