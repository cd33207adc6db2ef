import { FacsimileError, throwProblems } from "@facsimile/core";
import { compareTrees, type Entry, type FileEntry, type Manifest, treeId } from "@facsimile/manifest";
import { treeMoved, verifyFailed } from "../failures.ts";
import type { Staged, StageRequest } from "../lock-types.ts";
import { parseListing, Records } from "../look/listing.ts";
import { neighbourProblems, parseNeighbours, scopeMembers, scopeOf } from "../look/mirror-scope.ts";
import { claimArgs } from "../look/place.ts";
import { probe } from "../look/probe.ts";
import type { Probe } from "../probe-types.ts";
import { above, withKept } from "../shared.ts";
import type { Changer } from "../stage/changer.ts";
import { inOrder } from "../stage/fill.ts";
import { prove } from "../stage/prove.ts";
import { recorded } from "../stage/read-record.ts";
import { checkSpace } from "../stage/space.ts";
import { memberOf } from "../stage/stage-plan.ts";
import type { Place } from "../types.ts";
import { amountOf, sendingOf } from "../wire/amount.ts";
import { type Member, tarOf } from "../wire/tar.ts";
import { planMembers } from "./members.ts";
import { isIdle, type MirrorPlan, planMirror } from "./plan.ts";
import { wayProblems } from "./way.ts";

interface Request extends StageRequest {
  readonly place: Place;
  /** Shared paths: folders that are made where they are missing, and left alone from then on. */
  readonly kept?: readonly string[] | undefined;
}

/** Puts what differs from the home beside it, complete and proven, with the plan of how it gets there. */
export async function stageMirror(changer: Changer, request: Request): Promise<Staged> {
  const { place, manifest, run } = request;
  const { found, last, isSure } = await ready(changer, request);
  const wanted = withKept(manifest, request.kept);
  const look = await lookAt(changer, { ...request, manifest: wanted, last, isSure });
  if (request.steady && isSure && look.moved) checkSteady(changer.host.name, { request, last, base: found.base, actual: look.actual }); // biome-ignore format: one line
  throwProblems(
    neighbourProblems(changer.host.name, { project: place.project, wanted: manifest, neighbours: look.neighbours }),
  );
  const plan = planMirror({ project: place.project, wanted, last, actual: look.actual, ignore: ignoreOf(request), neighbours: look.neighbours }); // biome-ignore format: one line
  const home = found.base.slice(0, found.base.lastIndexOf("/"));
  throwProblems(wayProblems(changer.host.name, { plan: { ...plan, ...(request.adopt ? { foreign: [] } : {}) }, home }));
  const [id, linked] = [treeId(manifest), filesOf(manifest).length - filesOf({ entries: plan.puts }).length];
  const current = found.current;
  if (current?.tree === id && isIdle(plan)) return { dir: current.dir, reused: true, linked, sent: 0, sentBytes: 0 };
  const dir = `${id}~${run}`;
  const sent = filesOf({ entries: plan.puts });
  const sentBytes = sent.reduce((sum, { size }) => sum + size, 0);
  const part = { entries: partOf(manifest, plan) };
  checkSpace(changer.host.name, { plan: { sentBytes, links: new Map() }, manifest: part, found });
  request.onProgress?.({ step: "send", files: sent.length, bytes: sentBytes });
  await fillMirror(changer, { request, dir, plan, part });
  return { dir, reused: false, linked, sent: sent.length, sentBytes, ...lostFiles(plan, look.actual) };
}

function lostFiles({ gone }: MirrorPlan, actual: Manifest): Pick<Staged, "lost"> {
  const there = new Set(filesOf(actual).map(({ path }) => path));
  const files = gone.filter((path) => there.has(path)).length;
  return files === 0 ? {} : { lost: { files, of: there.size } };
}

const NOTHING: Manifest = { entries: [] };

/** Makes the place ours and whole: what a killed run left half way is taken back first. */
async function ready(
  changer: Changer,
  request: Request,
): Promise<{ found: Probe; last: Manifest | undefined; isSure: boolean }> {
  const { place, adopt, running } = request;
  const answer = await changer.ask("ready", { place, args: claimArgs(place, adopt) });
  const known = answer.length > 0 ? undefined : request.probe;
  const found = known ?? (await probe(changer.host, { ...request, look: ["history", "space", "drift"] }));
  if (found.current === undefined) return { found, last: NOTHING, isSure: false };
  const last = known !== undefined && isOf(running, found) ? running : await recorded(changer, request);
  return { found, last, isSure: found.snapshot === "same" && isOf(last, found) };
}

function isOf(manifest: Manifest | undefined, { current }: Probe): boolean {
  return manifest !== undefined && treeId(manifest) === current?.tree;
}

async function lookAt(
  changer: Changer,
  request: Request & { readonly last: Manifest | undefined; readonly isSure: boolean },
): Promise<{ actual: Manifest; moved: boolean; neighbours: ReturnType<typeof parseNeighbours> }> {
  const { place, manifest, last, isSure, run } = request;
  const all = scopeOf(place.project, [manifest, last]);
  const known = scopeOf(place.project, [last]);
  const before = new Set(known.paths);
  const unknown = { folder: all.folder && !known.folder, paths: all.paths.filter((path) => !before.has(path)) };
  const members = [all, unknown].flatMap((scope, i) => scopeMembers(place.project, scope, i === 0 ? "scope/" : "new/"));
  const bytes = tarOf([folderMember("scope"), folderMember("new"), ...members]);
  const records = new Records(await changer.ask("survey", { place, args: [isSure ? "sure" : "", run], bytes }));
  const moved = records.next() !== "same";
  const neighbours = parseNeighbours(records);
  const found = parseListing(
    records,
    moved ? {} : { linked: new Map(filesOf(last).map((entry) => [entry.path, entry])) },
  );
  if (found === undefined) throw new FacsimileError("TREE_MOVING", `${changer.host.name}: paths come and go in ${place.project} while it is read`, { hint: "Declare what a program writes there as mutable, or try again." }); // biome-ignore format: one line
  return { actual: found.manifest, moved, neighbours };
}

/** Others may write beside what was deployed, which moves folders. @throws `TREE_MOVED` where its files or links differ */
function checkSteady(
  host: string,
  {
    request,
    last = { entries: [] },
    base,
    actual,
  }: { request: Request; last: Manifest | undefined; base: string; actual: Manifest },
): void {
  const { puts, gone } = planMirror({ project: request.place.project, wanted: last, last, actual, ignore: ignoreOf(request) }); // biome-ignore format: one line
  if (puts.length > 0 || gone.length > 0) throw treeMoved(host, base);
}

interface Filling {
  readonly request: Request;
  readonly dir: string;
  readonly plan: MirrorPlan;
  /** What is staged: what is put, and the folders that lead to it. */
  readonly part: Manifest;
}

async function fillMirror(changer: Changer, { request, dir, plan, part }: Filling): Promise<void> {
  const { place, tree, manifest } = request;
  const bytes = filesOf(part).reduce((sum, { size }) => sum + size, 0);
  const sending = sendingOf(bytes);
  const fill = (name: string, members: readonly Member[]) => changer.ask("fill", { place, args: [dir, name, sending], bytes: tarOf(members) }); // biome-ignore format: one line
  const long = amountOf(part.entries.length, bytes);
  const tar = part.entries.map((entry) => memberOf(entry, tree));
  const filled = [fill("tree", tar), fill("plan", planMembers(manifest, plan))];
  const proof = changer.ask("staged", { place, args: [dir, long] });
  await inOrder([...filled, proof]);
  const listed = parseListing(new Records(await proof))?.manifest ?? { entries: [] };
  const differences = compareTrees({ entries: part.entries.map(opened) }, listed);
  if (differences.length > 0) throw verifyFailed(changer.host.name, differences);
}

/** Folders in a tar get what filling them needs. */
function opened(entry: Entry): Entry {
  return entry.type === "dir" ? { ...entry, mode: entry.mode | 0o700 } : entry;
}

function partOf({ entries }: Manifest, { puts }: MirrorPlan): readonly Entry[] {
  const put = new Set(puts.map(({ path }) => path));
  const leading = new Set([...put].flatMap(above));
  return entries.filter(({ path }) => put.has(path) || leading.has(path));
}

function folderMember(path: string): Member {
  return { path, type: "dir", mode: 0o700 };
}

function filesOf(manifest: Pick<Manifest, "entries"> | undefined): FileEntry[] {
  return (manifest?.entries ?? []).filter((entry): entry is FileEntry => entry.type === "file");
}

function ignoreOf({ ignore = () => false }: Request): (path: string) => boolean {
  return ignore;
}

/** After the switch: the home holds the tree, by the host's own hashes, so that a snapshot of it may be left. @throws `VERIFY_FAILED` */
export async function proveMirror(
  changer: Changer,
  { request, dir }: { request: Request; dir: string },
): Promise<void> {
  const { differences } = await prove(changer, { ...request, dir: "", key: dir });
  if (differences.length === 0) return;
  throw verifyFailed(changer.host.name, differences, "Something else writes there at the same time. Let it not, or declare those paths as deploy.mutable; then deploy again."); // biome-ignore format: one line
}
