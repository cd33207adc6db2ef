import { amountOf } from "./amount.ts";
import { copyDeltas } from "./deltas.ts";
import type { Changer } from "./lock.ts";
import { type Proof, prove } from "./prove.ts";
import { sharedTarget } from "./shared.ts";
import type { Staging } from "./stage.ts";
import type { StagePlan } from "./stage-plan.ts";

export interface Filling extends Staging {
  /** Folder of `releases/` that it is going to be. */
  readonly dir: string;
  readonly plan: StagePlan;
  /** See `Running`. */
  readonly sure: boolean;
}

/** Fills a partial folder, and has the host list and hash it. Everything is asked for at once, but where rsync comes between. */
export async function fill(changer: Changer, filling: Filling): Promise<Proof> {
  const { plan, request, found, dir } = filling;
  request.onProgress?.({ step: "send", files: plan.sent, bytes: plan.sentBytes });
  const put = putFiles(changer, filling);
  if (plan.deltas.size > 0) {
    await inOrder(put);
    await copyDeltas(changer.host, { plan, base: found.base, dir, basis: found.current?.dir ?? "" });
  }
  const finished = finish(changer, filling);
  const proof = prove(changer, { ...request, dir: `.${dir}.partial`, key: dir, linked: filling.sure ? plan.links : undefined }); // biome-ignore format: one line
  await inOrder([...put, ...finished, proof]);
  return await proof;
}

function putFiles(changer: Changer, { plan, request: { place }, dir, sure, claim }: Filling): Promise<unknown>[] {
  const links = [...plan.links.keys()];
  const args = [dir, sure ? "sure" : "", amountOf(links.length, 0)];
  const unpacked = [claim(), changer.ask("unpack", { place, args: [dir], bytes: plan.tar })];
  return links.length === 0 ? unpacked : [...unpacked, changer.ask("link", { place, args, bytes: list0(links) })];
}

/** Shared links, and the modes that the tar could not give. */
function finish(changer: Changer, { plan, request: { place, shared = [] }, dir }: Filling): Promise<unknown>[] {
  const links = shared.flatMap((path) => [path, sharedTarget(path)]);
  const modes = byMode([...[...plan.deltas.values()].flat(), ...plan.closed]);
  return [
    ...(links.length === 0 ? [] : [changer.ask("share", { place, args: [dir, ...links] })]),
    ...modes.map(([mode, paths]) => changer.ask("chmod", { place, args: [dir, mode], bytes: list0(paths) })),
  ];
}

/** The first that failed, in the order in which they were asked, is the failure: the others failed because of it. */
export async function inOrder(asked: readonly Promise<unknown>[]): Promise<void> {
  for (const ended of await Promise.allSettled(asked)) if (ended.status === "rejected") throw ended.reason;
}

function list0(paths: readonly string[]): Buffer {
  return Buffer.from(paths.map((path) => `./${path}\0`).join(""));
}

type Moded = { readonly path: string; readonly mode: number };

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
