import type { Difference } from "@facsimile/manifest";
import { treeOf } from "../look/layout.ts";
import { list0 } from "../look/mirror-scope.ts";
import { amountOf, sendingOf } from "../wire/amount.ts";
import type { Changer } from "./changer.ts";
import { copyDeltas } from "./deltas.ts";
import { prove } from "./prove.ts";
import { oldTrees } from "./release.ts";
import type { StagePlan } from "./stage-plan.ts";
import type { Staging } from "./staging.ts";

export interface Filling extends Staging {
  /** Folder of `releases/` that it is going to be. */
  readonly dir: string;
  readonly plan: StagePlan;
  /** See `Running`. */
  readonly sure: boolean;
}

/**
 * Fills a partial folder, and has the host prove and settle it. Everything is asked for at once, but where rsync comes between.
 * @returns Nothing, or how it differs; then it is not settled.
 */
export async function fill(changer: Changer, filling: Filling): Promise<readonly Difference[]> {
  const { plan, request, found, dir } = filling;
  request.onProgress?.({ step: "send", files: plan.sent, bytes: plan.sentBytes });
  // A place that turns out to be another's is not written to.
  await filling.claim();
  const unpacked = unpack(changer, filling);
  if (plan.deltas.size > 0) {
    await unpacked;
    await copyDeltas(changer.host, { plan, base: found.base, dir, basis: found.current?.dir ?? "" });
  }
  const linked = link(changer, filling);
  const finished = setModes(changer, filling);
  // A look is enough where all that is linked is known to be right.
  const settled = filling.sure || plan.links.size === 0 ? settle(changer, filling, "quick") : Promise.resolve(false);
  await inOrder([unpacked, linked, ...finished, settled]);
  return (await settled) ? [] : await proveAndSettle(changer, filling);
}

function unpack(changer: Changer, filling: Filling): Promise<unknown> {
  const { plan, request, dir } = filling;
  const { place, shared = [] } = request;
  return changer.ask("unpack", { place, args: [dir, howOf(filling), sendingOf(plan.tar.size), ...shared], bytes: plan.tar }); // biome-ignore format: one line
}

function link(changer: Changer, filling: Filling): Promise<unknown> {
  const { request, found, dir } = filling;
  const { place, manifest, keep, steady = false } = request;
  const [how, old, long] = [
    howOf(filling),
    oldTrees(found, { keep, coming: treeOf(dir) }),
    amountOf(manifest.entries.length, 0),
  ];
  const sure = filling.sure && (how !== "" || steady);
  return changer.ask("link", { place, args: [dir, sure ? "sure" : "", how, long, String(old.length), ...old] }); // biome-ignore format: one line
}

/** See the agent's op_link. */
function howOf({ plan, sure }: Filling): "all" | "listed" | "" {
  if (plan.links.size === 0) return "";
  return plan.wholesale && sure ? "all" : "listed";
}

/** Modes that the tar could not give. */
function setModes(changer: Changer, { plan, request: { place }, dir }: Filling): Promise<unknown>[] {
  const modes = byMode([...[...plan.deltas.values()].flat(), ...plan.closed]);
  return modes.map(([mode, paths]) => changer.ask("chmod", { place, args: [dir, mode], bytes: Buffer.from(list0(paths)) })); // biome-ignore format: one line
}

/** @returns Whether it was; `quick`: not if it takes more than a look to prove it. */
async function settle(changer: Changer, { plan, request, dir }: Filling, proof: "quick" | "proven"): Promise<boolean> {
  const { place, record } = request;
  const args = [dir, record?.release ?? "", proof === "quick" ? "quick" : "", amountOf(plan.sent, plan.sentBytes)];
  return (await changer.ask("settle", { place, args })).length > 0;
}

async function proveAndSettle(changer: Changer, filling: Filling): Promise<readonly Difference[]> {
  const { request, dir, plan, sure } = filling;
  const { differences } = await prove(changer, { ...request, dir: `.${dir}.partial/tree`, key: dir, linked: sure ? plan.links : undefined }); // biome-ignore format: one line
  if (differences.length === 0) await settle(changer, filling, "proven");
  return differences;
}

/** The first that failed, in the order in which they were asked, is the failure: the others failed because of it. */
export async function inOrder(asked: readonly Promise<unknown>[]): Promise<void> {
  for (const ended of await Promise.allSettled(asked)) if (ended.status === "rejected") throw ended.reason;
}

export type Moded = { readonly path: string; readonly mode: number };

/** Neighbours of one mode, in the order given: what is in a closed folder comes before it. */
export function byMode(entries: readonly Moded[]): [string, string[]][] {
  const runs: [string, string[]][] = [];
  for (const { path, mode } of entries) {
    const octal = mode.toString(8).padStart(4, "0");
    const last = runs.at(-1);
    if (last?.[0] === octal) last[1].push(path);
    else runs.push([octal, [path]]);
  }
  return runs;
}
