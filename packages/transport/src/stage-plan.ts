import path from "node:path";
import type { DirEntry, Entry, FileEntry, LinkEntry, Manifest, Tree } from "@facsimile/manifest";
import type { Source } from "./framing.ts";
import { isIgnored } from "./shared.ts";
import { type Member, tarOf } from "./tar.ts";

/** How a tree gets to a host. */
export interface StagePlan {
  /** Files to link from the running tree, by path. */
  readonly links: ReadonlyMap<string, FileEntry>;
  /** Folders, whole files and links. */
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
  /** Send whole files only. Default `false`. */
  readonly whole?: boolean | undefined;
}

/** A file is sent as differences from this size on; below, asking what differs takes longer than sending it. */
const DELTA = 2 ** 20;
const OPEN = 0o700;

/** Plans of trees, by what they start from: hosts that lack the same get the same tar. */
const plans = new WeakMap<Tree, Map<Manifest | undefined, StagePlan & Pick<StagePlanRequest, "ignore" | "whole">>>();

/** Made once for all hosts that are to hold a tree and run another. @throws when tree and manifest do not match: a bug. */
export function planStage(request: StagePlanRequest): StagePlan {
  const { tree, running, ignore, whole } = request;
  const known = plans.get(tree)?.get(running);
  if (known !== undefined && known.ignore === ignore && known.whole === whole) return known;
  const plan = { ...makePlan(request), ignore, whole };
  plans.set(tree, new Map(plans.get(tree)).set(running, plan));
  return plan;
}

function makePlan({ tree, manifest, running, ignore = () => false, whole = false }: StagePlanRequest): StagePlan {
  const there = new Map(running?.entries.map((entry) => [entry.path, entry]));
  const links = new Map<string, FileEntry>();
  const deltas = new Map<string, FileEntry[]>();
  const members: Member[] = [];
  let [sent, sentBytes] = [0, 0];
  for (const entry of manifest.entries) {
    const before = isIgnored(entry.path, ignore) ? undefined : there.get(entry.path);
    if (entry.type === "file" && isSame(entry, before)) {
      links.set(entry.path, entry);
      continue;
    }
    if (entry.type === "file") [sent, sentBytes] = [sent + 1, sentBytes + entry.size];
    const root = !whole && entry.type === "file" && isLarge(entry, before) ? rootOf(tree, entry) : undefined;
    if (root === undefined) members.push(memberOf(entry, tree));
    else deltas.set(root, [...(deltas.get(root) ?? []), entry as FileEntry]);
  }
  const closed = manifest.entries.filter((entry): entry is DirEntry => entry.type === "dir" && (entry.mode & OPEN) !== OPEN); // biome-ignore format: one line
  return { links, tar: tarOf(members), deltas, closed: closed.reverse(), sent, sentBytes };
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
