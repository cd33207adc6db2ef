import type { LockHolder, TreeOptions } from "./types.ts";

export interface Probe {
  /** `fresh`: nothing here yet; `ours`: marked with this instance and project; `foreign`: neither. */
  readonly adoption: "fresh" | "ours" | "foreign";
  /** For `foreign`: whose marker it is; `undefined` when there is none. */
  readonly owner: { readonly instance: string; readonly project: string } | undefined;
  /** `<home>/<project>`, absolute. */
  readonly base: string;
  /** What runs; `undefined` before the first deploy. */
  readonly current: Running | undefined;
  /** A run switched here, and was neither confirmed nor taken back to its end: commands may not have run. */
  readonly unsettled: boolean;
  /** Folders of `releases/` that are complete. */
  readonly dirs: readonly string[];
  /**
   * The current tree against the snapshot that its last deploy left: `same`: nothing moved since; `moved`: inode, size,
   * mode or a time of `moved` differ, or a path came or went: only hashing tells; `unknown`: there is no snapshot, or it
   * does not vouch for what was left alone then and is no more, or no look was taken.
   */
  readonly snapshot: "same" | "moved" | "unknown";
  /** Paths that made it `moved`, sorted. */
  readonly moved: readonly string[];
  /** `shared` paths that have no link in the current tree, nor anything in its place; of a look at the drift. */
  readonly unlinked: readonly string[];
  /** sha256 of the files of the current record, by name. */
  readonly record: Readonly<Record<string, string>>;
  /** `undefined` also where no look was taken. */
  readonly lock: LockHolder | undefined;
  /** Of which states deploys to this home were, one for each scope. */
  readonly states: readonly DeployedState[];
  /** Oldest first; of a look at the `last`, two at most. */
  readonly history: readonly HistoryEntry[];
  /** Ids of the releases whose records are there; of a look at the history. */
  readonly records: readonly string[];
  /** Bytes free for the login's user; infinite where nobody can tell, or looked. */
  readonly freeBytes: number;
  /** `undefined` where the file system does not count them. */
  readonly freeInodes: number | undefined;
}

/** What `current` is. */
export interface Running {
  /** Folder of `releases/`: the tree id, or `<tree id>~<run>`. */
  readonly dir: string;
  /** {@link treeOf} of `dir`. */
  readonly tree: string;
  /** Release id of the record that is current; `undefined` when there is none. */
  readonly release: string | undefined;
}

/** A line of `history.jsonl`. */
export interface HistoryEntry {
  /** Whose run it was: another one may have had the place. Undefined in lines of versions that did not note it. */
  readonly instance?: string | undefined;
  readonly release: string;
  /** Folder of `releases/`. */
  readonly dir: string;
  readonly version: string;
  readonly run: string;
  /** Who deployed. */
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** `deploy`, `rollback`, … */
  readonly action: string;
  /** What of the tree nobody looked at then: {@link TreeOptions.alone}. */
  readonly alone?: readonly string[] | undefined;
}

/** The state that was deployed to a host, as the host remembers it. */
export interface DeployedState {
  readonly scope: string;
  readonly id: string;
  readonly serial: number;
  /** sha256 of its file. */
  readonly digest: string;
}
