import { compareBytes } from "@facsimile/core";
import { MAX_UIID, type StateDocument } from "../format/document.ts";
import { type Maps, threeWay } from "./three-way.ts";

export type Instances = StateDocument["instances"];

/** A daemon that has another number now than one side gave it. */
export interface MovedUiid {
  readonly daemon: string;
  readonly from: number;
  readonly to: number;
  /** Who has the old number; `undefined` where the two sides gave the same daemon two numbers. */
  readonly keeper: string | undefined;
}

export interface MergedUiids {
  readonly instances: Instances;
  readonly moved: readonly MovedUiid[];
  /** Daemons for which no number is left. */
  readonly homeless: readonly string[];
}

/**
 * Merges uiids. A number that both sides gave away stays with the daemon of the `first` side; the other daemon gets the
 * lowest number that neither side uses. Who had a number before both sides, and has it in both, has it to himself. Pure.
 */
export function mergeUiids(maps: Maps<{ readonly uiid: number }>, first: "ours" | "theirs"): MergedUiids {
  const numbers = { base: plain(maps.base), ours: plain(maps.ours), theirs: plain(maps.theirs) };
  const { merged, clashes } = threeWay(numbers);
  const settled = new Map(merged);
  const moved: MovedUiid[] = [];
  const second = first === "ours" ? "theirs" : "ours";
  for (const [daemon, sides] of clashes) {
    // A number beats none: what was taken out on one side may still run.
    const [to, from] = [sides[first] ?? sides[second], sides[second]];
    if (to !== undefined) settled.set(daemon, to);
    if (to !== undefined && from !== undefined && from !== to) moved.push({ daemon, from, to, keeper: undefined });
  }
  return spread(settled, { ...numbers, first: numbers[first], moved });
}

interface Spread extends Omit<Maps<number>, "base"> {
  readonly first: ReadonlyMap<string, number>;
  readonly moved: readonly MovedUiid[];
}

/** No two daemons keep one number. */
function spread(settled: ReadonlyMap<string, number>, { ours, theirs, first, moved }: Spread): MergedUiids {
  const instances = new Map(settled);
  const taken = new Set([...settled.values(), ...ours.values(), ...theirs.values()]);
  const all: MovedUiid[] = [...moved];
  const homeless: string[] = [];
  for (const group of byNumber(settled)) {
    const [uiid, daemons] = group;
    const has = (side: ReadonlyMap<string, number>) => daemons.find((daemon) => side.get(daemon) === uiid);
    const keeper = has(first) ?? daemons[0];
    for (const daemon of daemons.filter((name) => name !== keeper)) {
      const to = lowest(taken);
      if (to === undefined) homeless.push(daemon);
      else {
        taken.add(to);
        instances.set(daemon, to);
        all.push({ daemon, from: uiid, to, keeper });
      }
    }
  }
  return { instances: new Map([...instances].map(([name, uiid]) => [name, { uiid }])), moved: all, homeless };
}

function byNumber(settled: ReadonlyMap<string, number>): Map<number, string[]> {
  const groups = new Map<number, string[]>();
  for (const [daemon, uiid] of [...settled].sort(([a], [b]) => compareBytes(a, b)))
    groups.set(uiid, [...(groups.get(uiid) ?? []), daemon]);
  return groups;
}

function lowest(taken: ReadonlySet<number>): number | undefined {
  return Array.from({ length: MAX_UIID }, (_, index) => index + 1).find((uiid) => !taken.has(uiid));
}

function plain(instances: Instances): Map<string, number> {
  return new Map([...instances].map(([name, { uiid }]) => [name, uiid]));
}
