import { isFacsimileError } from "@facsimile/core";
import { compareTrees, type Manifest, treeId } from "@facsimile/manifest";
import { verifyFailed } from "../failures.ts";
import { list } from "../list.ts";
import type { Staged, StageRequest } from "../lock-types.ts";
import { treeOf } from "../look/layout.ts";
import { checkRelease, checkRun, claimArgs } from "../look/place.ts";
import { probe } from "../look/probe.ts";
import { stageMirror } from "../mirror/mirror.ts";
import { once } from "../once.ts";
import { checkShared, isIgnored } from "../shared.ts";
import { preflight } from "../ssh/rsync.ts";
import type { Changer } from "./changer.ts";
import { fill } from "./fill.ts";
import { prove } from "./prove.ts";
import { recorded } from "./read-record.ts";
import { checkSpace } from "./space.ts";
import { planStage, type StagePlan, type StagePlanRequest } from "./stage-plan.ts";
import type { Staging } from "./staging.ts";

/** A tree to link from. */
export interface Running {
  readonly manifest: Manifest;
  /** Known by its snapshot: what is linked from it is not hashed again. */
  readonly sure: boolean;
}

/** Makes a tree complete and proven beside what runs; see `Lock.stage`. */
export async function stage(changer: Changer, request: Staging["request"]): Promise<Staged> {
  const { place, tree, manifest, run, adopt, shared = [], record } = request;
  checkRun(run);
  if (record !== undefined) checkRelease(record.release);
  if (place.strategy === "mirror") return await stageMirror(changer, request);
  checkShared(tree, shared);
  const found = request.probe ?? (await probe(changer.host, { ...request, look: ["history", "space", "drift"] }));
  const args = claimArgs(place, adopt);
  const claim = once(async () => found.adoption === "ours" || (await changer.ask("claim", { place, args })));
  const job = { request, found, claim };
  const [id, current] = [treeId(manifest), found.current?.dir ?? ""];
  const there = [current, ...found.dirs].find((dir) => treeOf(dir) === id && found.dirs.includes(dir));
  if (there === undefined) return await transfer(changer, job, { dir: id, running: await runningTree(changer, job) });
  await claim();
  if (shared.length > 0) await changer.ask("share", { place, args: shared });
  const { differences, actual } = await prove(changer, { ...request, dir: there, key: there });
  if (differences.length === 0) return { dir: there, reused: true, linked: 0, sent: 0, sentBytes: 0 };
  const running = there === current ? { manifest: actual, sure: false } : await runningTree(changer, job);
  return await transfer(changer, job, { dir: `${id}~${run}`, running });
}

/** What may be linked from: known from the record if nothing moved since, else hashed now. */
async function runningTree(changer: Changer, { request, found }: Staging): Promise<Running | undefined> {
  const { current, snapshot, dirs } = found;
  if (current === undefined || !dirs.includes(current.dir)) return undefined;
  const manifest = snapshot === "same" ? (request.running ?? (await recorded(changer, request))) : undefined;
  if (manifest !== undefined && treeId(manifest) === current.tree) return { manifest, sure: true };
  return await hashed(changer, request);
}

/** It may take long: the host keeps up the lease meanwhile. */
async function hashed(changer: Changer, { place }: Staging["request"]): Promise<Running> {
  const prove = [...changer.args(place).slice(2), "", "", "all", "long"];
  return { manifest: (await list(changer.host, { place, prove })).listing.manifest, sure: false };
}

/** Without differences of files where rsync cannot find them. */
async function planFor({ host }: Changer, request: StagePlanRequest): Promise<StagePlan> {
  const plan = planStage(request);
  if (plan.deltas.size === 0) return plan;
  const canDiffer = (await host.bulk()) !== undefined && (await preflight(host)).length === 0;
  return canDiffer ? plan : planStage({ ...request, whole: true });
}

interface Transfer {
  readonly dir: string;
  readonly running: Running | undefined;
  /** See {@link StagePlanRequest}. */
  readonly single?: boolean;
  readonly whole?: boolean;
}

async function transfer(changer: Changer, job: Staging, how: Transfer): Promise<Staged> {
  const { dir, running, single, whole } = how;
  const { request, found } = job;
  const plan = await planFor(changer, { ...request, running: running?.manifest, single, whole });
  checkSpace(changer.host.name, { plan, manifest: request.manifest, found });
  try {
    const differences = await fill(changer, { ...job, dir, plan, sure: running?.sure === true });
    if (differences.length > 0) {
      if (plan.links.size === 0) throw verifyFailed(changer.host.name, differences);
      // More lay there than the manifest says; or it was not what its snapshot said: take nothing from it.
      return await transfer(changer, job, plan.wholesale ? { ...how, single: true } : { dir, running: undefined });
    }
  } catch (error) {
    const other = await otherWay(changer, { error, request, how });
    if (other === undefined) throw error;
    return await transfer(changer, job, other);
  }
  return { dir, reused: false, linked: plan.links.size, sent: plan.sent, sentBytes: plan.sentBytes };
}

/** What to try where a way turned out not to be open. */
async function otherWay(
  changer: Changer,
  { error, request, how }: { readonly error: unknown; readonly request: Staging["request"]; readonly how: Transfer },
): Promise<Transfer | undefined> {
  if (isFacsimileError(error, "TREE_MOVED")) {
    const running = await hashed(changer, request);
    return request.steady && isEdited(request, running.manifest) ? undefined : { ...how, running };
  }
  if (isFacsimileError(error, "LINKS_REFUSED")) return { dir: how.dir, running: undefined };
  // A host may allow one session for a connection: sshd_config(5), MaxSessions.
  return isFacsimileError(error, "RSYNC_FAILED") && how.whole !== true ? { ...how, whole: true } : undefined;
}

/** Not only where nobody watches. */
function isEdited({ running, ignore = () => false, shared = [] }: StageRequest, actual: Manifest): boolean {
  const watched = ({ entries }: Manifest) => ({ entries: entries.filter(({ path }) => !isIgnored(path, ignore) && !shared.includes(path)) }); // biome-ignore format: one line
  return running !== undefined && compareTrees(watched(running), watched(actual)).length > 0;
}
