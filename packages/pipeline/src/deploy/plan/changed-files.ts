import type { Entry, FileEntry, TreeNode } from "@facsimile/manifest";
import { isLeftAlone } from "@facsimile/transport";
import type { Copy, HostCopy, ReleaseTree } from "../../release/release.ts";
import type { Survey, Surveyed } from "../look/survey.ts";

/** A rendered file that hosts have with other bytes than they are to get. */
export interface ChangedFile {
  readonly project: string;
  readonly path: string;
  /** As the hosts have it, edited by hand or not. */
  readonly from: FileEntry;
  readonly to: FileEntry;
  /** What they are to get, for the first of them. */
  readonly node: RenderedNode;
  readonly holders: readonly Holder[];
  /** Somebody edited it on the hosts. */
  readonly edited: boolean;
}

export type RenderedNode = TreeNode & { readonly type: "file"; readonly content: { readonly bytes: Uint8Array } };

export interface Holder {
  readonly surveyed: Surveyed;
  readonly found: Survey;
}

/** The rendered files that change, one for all hosts that have the same bytes and get the same. Pure. */
export function changedFiles(copies: readonly Copy[], surveyed: readonly Surveyed[]): ChangedFile[] {
  const groups = new Map<string, ChangedFile>();
  for (const copy of copies) {
    for (const one of surveyed) {
      const found = one.projects.get(copy.project);
      const wanted = copy.hosts.find(({ host }) => host === one.reached.host.name);
      if (found === undefined || wanted === undefined) continue;
      for (const file of filesOf(copy.project, { wanted, holder: { surveyed: one, found } })) add(file, groups);
    }
  }
  return [...groups.values()];
}

function add(file: ChangedFile, groups: Map<string, ChangedFile>): void {
  const { project, path, from, to, edited } = file;
  const key = JSON.stringify([project, path, from.sha256, to.sha256, edited]);
  const group = groups.get(key);
  groups.set(key, group === undefined ? file : { ...group, holders: [...group.holders, ...file.holders] });
}

function filesOf(project: string, { wanted, holder }: { wanted: HostCopy; holder: Holder }): ChangedFile[] {
  const held = heldEntries(holder.found);
  return wanted.manifest.entries.flatMap((to) => {
    const { path } = to;
    const [from, node] = [held.get(path), wanted.tree.get(path)];
    if (to.type !== "file" || from?.type !== "file" || from.sha256 === to.sha256 || !isRendered(node)) return [];
    if (isLeftAlone(path, holder.found)) return [];
    const edited = holder.found.drift.some((difference) => difference.path === path && difference.kind === "changed");
    return [{ project, path, from, to, node, holders: [holder], edited }];
  });
}

function heldEntries({ manifest, drift }: Survey): ReadonlyMap<string, Entry> {
  const held = new Map(manifest?.entries.map((entry) => [entry.path, entry]));
  for (const { path, actual } of drift) {
    if (actual === undefined) held.delete(path);
    else held.set(path, actual);
  }
  return held;
}

function isRendered(node: TreeNode | undefined): node is RenderedNode {
  return node?.type === "file" && "bytes" in node.content;
}

/** What the release of a holder says of its tree. */
export function treeHeldBy({ found: { release, probe } }: Holder): ReleaseTree | undefined {
  return release?.trees[probe.current?.tree ?? ""];
}

/** Whether the file holds secrets, or may, on the hosts or after the deploy. */
export function mayHoldSecrets({ path, node, holders }: ChangedFile): boolean {
  return node.secrets.length > 0 || holders.some((holder) => heldSecrets(path, holder));
}

function heldSecrets(path: string, holder: Holder): boolean {
  const tree = treeHeldBy(holder);
  if (tree === undefined) return true; // Its record was damaged: nothing is known of it.
  return tree.secrets.length > 0 && (tree.withheld?.includes(path) ?? true);
}
