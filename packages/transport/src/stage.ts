import fs from "node:fs/promises";
import { FacsimileError, throwProblems } from "@facsimile/core";
import { compareTrees, type Difference, type Manifest, parseManifest, treeId } from "@facsimile/manifest";
import { copyBulk } from "./bulk-sources.ts";
import { noSpace } from "./failures.ts";
import { formatMarker } from "./formats.ts";
import { treeOf } from "./layout.ts";
import type { Changer } from "./lock.ts";
import { checkRun } from "./place.ts";
import { parseProbe } from "./probe.ts";
import { preflight } from "./rsync.ts";
import { list, readRecord } from "./session.ts";
import { checkShared, isIgnored, sharedTarget } from "./shared.ts";
import { planStage, type StagePlan } from "./stage-plan.ts";
import type { Place, Probe, Staged, StageRequest, VerifyFailure } from "./types.ts";

type Staging = StageRequest & { readonly place: Place };

export async function stage(changer: Changer, request: Staging): Promise<Staged> {
  const { place, tree, manifest, run, shared = [] } = request;
  checkRun(run);
  checkShared(tree, shared);
  const id = treeId(manifest);
  const probe = await look(changer, request);
  const candidate = [probe.current?.dir ?? "", ...probe.dirs].find(
    (dir) => treeOf(dir) === id && probe.dirs.includes(dir),
  );
  let running: Manifest | undefined;
  if (candidate !== undefined) {
    await changer.ask("begin", { place, args: [formatMarker(place), request.adopt ? "adopt" : "", candidate] });
    const there = await prove(changer, { request, dir: candidate, key: candidate });
    if (there.differences.length === 0) {
      return { dir: candidate, reused: true, linked: 0, sent: 0, sentBytes: 0 };
    }
    if (candidate === probe.current?.dir) running = there.actual;
  }
  running ??= await runningTree(changer, { place, probe });
  const dir = candidate === undefined ? id : `${id}~${run}`;
  return await transfer(changer, { request, dir, base: probe.base, free: probe, running });
}

async function look({ host }: Changer, { place, ignore }: Staging): Promise<Probe> {
  return parseProbe(await host.ask({ op: "probe", args: [place.home, place.project] }), { place, ignore });
}

/** What may be linked from: known from the record if nothing moved since, else hashed now. */
async function runningTree(
  { host }: Changer,
  { place, probe }: { place: Place; probe: Probe },
): Promise<Manifest | undefined> {
  const { current, snapshot } = probe;
  if (current === undefined || !probe.dirs.includes(current.dir)) return undefined;
  if (snapshot === "same") {
    const text = (await readRecord(host, { place }))?.files["manifest"];
    const recorded = text === undefined ? undefined : parseManifest(text);
    if (recorded !== undefined && treeId(recorded) === current.tree) return recorded;
  }
  return (await list(host, { place, dir: current.dir })).listing.manifest;
}

interface Transfer {
  readonly request: Staging;
  readonly dir: string;
  readonly base: string;
  readonly free: Pick<Probe, "freeBytes" | "freeInodes">;
  readonly running: Manifest | undefined;
}

async function transfer(changer: Changer, job: Transfer): Promise<Staged> {
  const { request, dir } = job;
  const { place } = request;
  const plan = planStage({ ...request, running: job.running });
  if (plan.bulk.size > 0) throwProblems(await preflight(changer.host));
  checkSpace(changer.host.name, { plan, manifest: request.manifest, free: job.free });
  await fill(changer, { ...job, plan });
  request.onProgress?.({ step: "verify", files: request.manifest.entries.length, bytes: totalBytes(request.manifest) });
  const { differences } = await prove(changer, { request, dir: `.${dir}.partial`, key: dir });
  if (differences.length > 0) {
    // The running tree was not what its snapshot said: take nothing from it.
    if (plan.links.length > 0) return await transfer(changer, { ...job, running: undefined });
    throw verifyFailed(changer.host.name, differences);
  }
  await changer.ask("settle", { place, args: [dir] });
  const sent = request.manifest.entries.filter(({ type }) => type === "file").length - plan.links.length;
  return { dir, reused: false, linked: plan.links.length, sent, sentBytes: plan.sentBytes };
}

async function fill(
  changer: Changer,
  { request, dir, base, plan }: Transfer & { readonly plan: StagePlan },
): Promise<void> {
  const { place, adopt, shared = [], onProgress } = request;
  const change = async (op: string, more: { args?: string[]; names?: readonly string[]; bytes?: Uint8Array }) => {
    const bytes = more.bytes ?? list0(more.names ?? []);
    return await changer.ask(op, { place, args: [...(op === "begin" ? [] : [dir]), ...(more.args ?? [])], bytes });
  };
  const begun = await change("begin", {
    args: [formatMarker(place), adopt ? "adopt" : "", dir],
    names: plan.dirs.map((entry) => entry.path),
  });
  if (begun.toString() === "present") throw new Error(`${dir} appeared while the lock was held`);
  onProgress?.({ step: "link", files: plan.links.length, bytes: 0 });
  if (plan.links.length > 0) await change("link", { names: plan.links.map(({ path }) => path) });
  const bulkFiles = [...plan.bulk.values()].flat();
  onProgress?.({
    step: "bulk",
    files: bulkFiles.length,
    bytes: bulkFiles.reduce((sum, { entry }) => sum + entry.size, 0),
  });
  await copyBulk(changer.host.bulk, { groups: plan.bulk, to: `${base}/releases/.${dir}.partial` });
  onProgress?.({
    step: "stream",
    files: plan.stream.length,
    bytes: plan.stream.reduce((sum, { entry }) => sum + entry.size, 0),
  });
  for (const { entry, content } of plan.stream) {
    const bytes = "bytes" in content ? content.bytes : await fs.readFile(content.file);
    await change("put", { args: [`./${entry.path}`], bytes });
  }
  if (plan.symlinks.length > 0) await change("symlinks", { bytes: pairs0(plan.symlinks) });
  if (shared.length > 0) await change("share", { args: shared.flatMap((path) => [path, sharedTarget(path)]) });
  const files = [...bulkFiles, ...plan.stream].map(({ entry }) => entry);
  for (const [mode, paths] of byMode(files)) await change("chmod", { args: [mode], names: paths });
  // A folder that forbids writing must be filled first, and its children come before it.
  for (const [mode, paths] of runsOfMode([...plan.dirs].reverse()))
    await change("chmod", { args: [mode], names: paths });
}

interface Proven {
  readonly differences: readonly Difference[];
  readonly actual: Manifest;
}

async function prove(
  changer: Changer,
  { request, dir, key }: { request: Staging; dir: string; key: string },
): Promise<Proven> {
  const { place, manifest, ignore = () => false, shared } = request;
  const args = [...changer.args(place).slice(2), dir, key];
  const { listing } = await list(changer.host, { place, prove: args, ignore, shared });
  const expected = { entries: manifest.entries.filter(({ path }) => !isIgnored(path, ignore)) };
  const unlinked = listing.unlinked.map((path): Difference => ({ kind: "missing", path, expected: { path, type: "link", target: sharedTarget(path) } })); // biome-ignore format: one line
  return { differences: [...compareTrees(expected, listing.manifest), ...unlinked], actual: listing.manifest };
}

/** With an error's own words: the first few paths, and how many there are. */
export function verifyFailed(host: string, differences: readonly Difference[]): FacsimileError & VerifyFailure {
  const shown = differences.slice(0, 5).map(({ kind, path }) => `${kind} ${JSON.stringify(path)}`).join(", "); // biome-ignore format: one line
  const more = differences.length > 5 ? ` and ${differences.length - 5} more` : "";
  const error = new FacsimileError("VERIFY_FAILED", `${host}: what arrived is not the release: ${shown}${more}`, {
    hint: "Nothing was switched. Let nothing change the build during a deploy; check the host's disk, then deploy again.",
  });
  return Object.assign(error, { differences });
}

function checkSpace(
  host: string,
  { plan, manifest, free }: { plan: StagePlan; manifest: Manifest; free: Transfer["free"] },
): void {
  const blocks = manifest.entries.length * 4096;
  const needed = plan.sentBytes + blocks;
  if (free.freeBytes < needed) {
    throw noSpace(host, `${mib(free.freeBytes)} MiB are free, the release needs ${mib(needed)} MiB`);
  }
  const inodes = manifest.entries.length - plan.links.length;
  if (free.freeInodes !== undefined && free.freeInodes > 0 && free.freeInodes < inodes) {
    throw noSpace(host, `${free.freeInodes} inodes are free, the release needs ${inodes}`);
  }
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

function totalBytes({ entries }: Manifest): number {
  return entries.reduce((sum, entry) => sum + (entry.type === "file" ? entry.size : 0), 0);
}

function list0(paths: readonly string[]): Buffer {
  return Buffer.from(paths.map((path) => `./${path}\0`).join(""));
}

function pairs0(links: readonly { readonly path: string; readonly target: string }[]): Buffer {
  return Buffer.from(links.map(({ path, target }) => `./${path}\0${target}\0`).join(""));
}

type Moded = { readonly path: string; readonly mode: number };

function byMode(entries: readonly Moded[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { path, mode } of entries) {
    const group = groups.get(octal(mode));
    if (group === undefined) groups.set(octal(mode), [path]);
    else group.push(path);
  }
  return groups;
}

/** Neighbours of one mode, in the order given. */
function runsOfMode(entries: readonly Moded[]): [string, string[]][] {
  const runs: [string, string[]][] = [];
  for (const { path, mode } of entries) {
    const last = runs.at(-1);
    if (last?.[0] === octal(mode)) last[1].push(path);
    else runs.push([octal(mode), [path]]);
  }
  return runs;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
