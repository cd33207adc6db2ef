import fs from "node:fs/promises";
import { type Change, changeState, type Wants } from "../src/index.ts";
import { openMerge } from "../src/merge/open-merge.ts";
import type { Clash, SideName } from "../src/merge/plan-merge.ts";
import { clashesOf, planMerge } from "../src/merge/plan-merge.ts";
import { sealMerge } from "../src/merge/seal-merge.ts";
import { create, now, type World } from "./world.ts";

export type Work = (w: World) => Promise<unknown>;

/** What somebody does to a state. */
export const making =
  (wants: Wants): Work =>
  (w) =>
    create(w, wants);

export const changing =
  (...changes: Change[]): Work =>
  async (w) =>
    changeState(await w.open(), changes, { keyring: w.keyring, now });

/** The same file, changed on two sides. Nothing lies there in the end but what both came from. */
export async function diverge(w: World, { base, ours, theirs }: { base: Work; ours: Work; theirs: Work }) {
  await base(w);
  const start = await fs.readFile(w.file).catch(() => undefined);
  const side = async (work: Work) => {
    await work(w);
    const bytes = await fs.readFile(w.file);
    if (start === undefined) await fs.rm(w.file);
    else await fs.writeFile(w.file, start);
    return bytes;
  };
  return { ...(start && { base: start }), ours: await side(ours), theirs: await side(theirs) };
}

export async function opened(w: World, sides: { base?: Uint8Array; ours: Uint8Array; theirs: Uint8Array }) {
  const { root, keyring, trust, memory } = w;
  return openMerge(sides, { folder: `${root}/state`, scope: "dev", keyring, trust, memory });
}

/** Merges, settles every clash by `side`, seals. */
export async function sealedBy(
  w: World,
  sides: { base?: Uint8Array; ours: Uint8Array; theirs: Uint8Array },
  settle: (clash: Clash) => SideName = () => "ours",
) {
  const open = await opened(w, sides);
  const plan = planMerge(open, { settle });
  const state = await sealMerge(open, plan, { keyring: w.keyring, now });
  return { open, clashes: clashesOf(open), plan, state };
}
