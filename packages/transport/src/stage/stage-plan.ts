import path from "node:path";
import { compareBytes } from "@facsimile/core";
import {
  type DirEntry,
  type Entry,
  type FileEntry,
  type LinkEntry,
  type Manifest,
  type Tree,
  treeId,
} from "@facsimile/manifest";
import { isIgnored } from "../shared.ts";
import type { ReleaseRecord } from "../types.ts";
import type { Source } from "../wire/framing.ts";
import type { Member } from "../wire/tar.ts";
import { packOf } from "./stage-tar.ts";

/** How a tree gets to a host. */
export interface StagePlan {
  /** Files to link from the running tree, by path. */
  readonly links: ReadonlyMap<string, FileEntry>;
  /** All that stays of the running tree can be linked in one go; what is sent is little, and can wait on the host meanwhile. */
  readonly wholesale: boolean;
  /** Folders, whole files and links; the lists that the host goes by, and the record. */
  readonly tar: Source;
  /** Large files that the running tree has in another form, by the folder beneath which they lie here at their own path. */
  readonly deltas: ReadonlyMap<string, readonly FileEntry[]>;
  /** Folders that forbid what filling them needs, deepest first. */
  readonly closed: readonly DirEntry[];
  /** Files sent, and their bytes. */
  readonly sent: number;
  readonly sentBytes: number;
}

export interface StagePlanRequest {
  readonly tree: Tree;
  readonly manifest: Manifest;
  /** What runs, proven; `undefined`: nothing to link from. */
  readonly running: Manifest | undefined;
  readonly ignore?: ((path: string) => boolean) | undefined;
  readonly shared?: readonly string[] | undefined;
  readonly record?: ReleaseRecord | undefined;
  /** Send whole files only. Default `false`. */
  readonly whole?: boolean | undefined;
  /** Link file by file. Default `false`. */
  readonly single?: boolean | undefined;
}

/** Bytes that may lie there twice for a moment. */
const LITTLE = 2 ** 24;

/** A file is sent as differences from this size on; below, asking what differs takes longer than sending it. */
const DELTA = 2 ** 20;
const OPEN = 0o700;

/** Plans of trees, by what they start from: hosts that lack the same get the same tar. */
const plans = new WeakMap<Tree, { readonly plan: StagePlan; readonly asked: StagePlanRequest }[]>();

/** Made once for all hosts that are to hold a tree and run another. @throws when tree and manifest do not match: a bug. */
export function planStage(request: StagePlanRequest): StagePlan {
  const { tree, manifest, running, ignore, shared, record, whole, single } = request;
  const known = plans.get(tree) ?? [];
  const alike = known.find(({ asked }) => isAlike(asked, request));
  if (alike !== undefined) return alike.plan;
  const plan = makePlan(request);
  // Of the request no more than what it is known by: it would keep all of it as long as the tree.
  plans.set(tree, [...known, { plan, asked: { tree, manifest, running, ignore, shared, record, whole, single } }]);
  return plan;
}

function isAlike(a: StagePlanRequest, b: StagePlanRequest): boolean {
  return isOne(a.running, b.running) && a.ignore === b.ignore && a.whole === b.whole && a.single === b.single && a.record?.release === b.record?.release && a.record?.files === b.record?.files && a.shared?.join("\0") === b.shared?.join("\0"); // biome-ignore format: one line
}

/** Each host that was asked what it runs has a manifest of its own. */
function isOne(a: Manifest | undefined, b: Manifest | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && treeId(a) === treeId(b));
}

function makePlan(request: StagePlanRequest): StagePlan {
  const { manifest, running } = request;
  const there = new Map(running?.entries.map((entry) => [entry.path, entry]));
  const { links, members, sent, deltas } = partsOf(request, there);
  const closed = closedIn(manifest).reverse();
  const sentBytes = sent.reduce((sum, { size }) => sum + size, 0);
  const wholesale = deltas.size === 0 && closed.length === 0 && sentBytes < LITTLE && canCopy(request);
  const gone = wholesale ? goneFrom(there, manifest) : [];
  const tar = packOf({ ...request, members, sent, links: [...links.keys()], gone });
  return { links, wholesale, tar, deltas, closed, sent: sent.length, sentBytes };
}

/** What is linked, what goes whole, what goes as differences; and which files are sent at all. */
function partsOf({ tree, manifest, ignore = () => false, whole }: StagePlanRequest, there: ReadonlyMap<string, Entry>) {
  const links = new Map<string, FileEntry>();
  const deltas = new Map<string, FileEntry[]>();
  const members: Member[] = [];
  const sent: FileEntry[] = [];
  for (const entry of manifest.entries) {
    const before = isIgnored(entry.path, ignore) ? undefined : there.get(entry.path);
    if (entry.type === "file" && isSame(entry, before)) {
      links.set(entry.path, entry);
      continue;
    }
    if (entry.type === "file") sent.push(entry);
    const root = entry.type === "file" && whole !== true && isLarge(entry, before) ? rootOf(tree, entry) : undefined;
    if (root === undefined) members.push(memberOf(entry, tree));
    else deltas.set(root, [...(deltas.get(root) ?? []), entry as FileEntry]);
  }
  return { links, members, sent, deltas };
}

function closedIn({ entries }: Manifest): DirEntry[] {
  return entries.filter((entry): entry is DirEntry => entry.type === "dir" && (entry.mode & OPEN) !== OPEN);
}

/** Nothing is in the running tree but what its manifest says, and nothing is in the way of what is to come. */
function canCopy({ running, manifest, ignore, single = false }: StagePlanRequest): boolean {
  if (single || running === undefined || ignore !== undefined || closedIn(running).length > 0) return false;
  const types = new Map(manifest.entries.map(({ path, type }) => [path, type]));
  return running.entries.every(({ path, type }) => (types.get(path) ?? type) === type);
}

function goneFrom(there: ReadonlyMap<string, Entry>, { entries }: Manifest): string[] {
  const wanted = new Set(entries.map((entry) => entry.path));
  return [...there.keys()].filter((each) => !wanted.has(each)).sort(compareBytes);
}

function isSame(wanted: FileEntry, there: Entry | undefined): boolean {
  return (
    there?.type === "file" && there.sha256 === wanted.sha256 && there.size === wanted.size && there.mode === wanted.mode
  );
}

function isLarge({ size }: FileEntry, there: Entry | undefined): boolean {
  return there?.type === "file" && Math.min(size, there.size) >= DELTA;
}

/** The folder beneath which a file lies at its own path; `undefined` when it lies elsewhere, or holds secrets. */
function rootOf(tree: Tree, entry: FileEntry): string | undefined {
  const node = tree.get(entry.path);
  if (node?.type !== "file" || !("file" in node.content) || node.secrets.length > 0) return undefined;
  const { file } = node.content;
  const suffix = `${path.sep}${entry.path}`;
  return file.endsWith(suffix) ? file.slice(0, -suffix.length) || "/" : undefined;
}

export function memberOf(entry: DirEntry | FileEntry | LinkEntry, tree: Tree): Member {
  if (entry.type === "link") return entry;
  if (entry.type === "dir") return { ...entry, mode: entry.mode | OPEN };
  const node = tree.get(entry.path);
  if (node?.type !== "file") throw new Error(`${entry.path} is in the manifest, and no file of the tree`);
  return { ...entry, content: node.content };
}
