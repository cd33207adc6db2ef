import type { Difference, Manifest, Tree } from "@facsimile/manifest";
import type { DeployedState, HistoryEntry, Probe } from "./probe-types.ts";
import type { Listing, ListOptions, LockHolder, Place, ReleaseRecord, TreeOptions } from "./types.ts";

export interface LockRequest {
  readonly home: string;
  /** A person or machine, as others are to see it. */
  readonly owner: string;
  /** Run id. */
  readonly run: string;
  /** E.g. `deploy`. Default: empty. */
  readonly reason?: string;
  /** Seconds. Default 120. */
  readonly lease?: number;
}

/** The right to change what a home holds. Every change is refused with `LOCK_LOST` once someone else took the lock. */
export interface Lock {
  readonly token: string;

  /**
   * Makes the tree complete under `releases/`, proven by the host's own hashes; nothing runs from it yet. Where it is sent, trees
   * that nobody keeps go first.
   */
  stage(place: Place, request: StageRequest): Promise<Staged>;

  /**
   * Makes the place ours where nothing is staged, as `stage` does it.
   * @throws `NOT_ADOPTED` when it is somebody else's, unless `adopt`
   */
  claim(place: Place, request: Pick<StageRequest, "adopt">): Promise<void>;

  /** Keeps the files of a release on the host (0600), not yet current. */
  record(place: Place, record: ReleaseRecord): Promise<void>;

  /** Of a mirror: takes a switch back that was killed half way. @returns Whether there was one. */
  recover(place: Place): Promise<boolean>;

  /**
   * Makes `to` current by rename: first the tree, then the record. `undefined` takes `current` away (back to before the first deploy).
   * @returns What was current before: hand it to `switch` again to go back.
   * @throws `NOT_STAGED` when the tree or record is not there
   */
  switch(place: Place, to: SwitchTarget | undefined): Promise<SwitchTarget | undefined>;

  /** Runs a command in the current tree (before the first deploy: in `<home>/<project>`). A non-zero exit is a result, not an error. */
  runHook(place: Place, hook: Hook): Promise<HookResult>;

  /**
   * Ends a deploy: appends to the history, removes the records of trees that are gone, and leaves the snapshot that later probes
   * compare with. Only a tree that `stage` or `list` of this lock proved gets a snapshot.
   */
  confirm(place: Place, request: ConfirmRequest): Promise<void>;

  /** Ends a way back: what ran before runs again, and so do its commands. */
  rest(place: Place): Promise<void>;

  /**
   * As `Session.list`, and a later `confirm` or `remember` may then leave a snapshot of the current tree.
   */
  list(place: Place, options?: ListOptions): Promise<Listing>;

  /** Leaves the snapshot of the current tree, proven by this lock's `list`, so that the next probe says `same`. */
  remember(place: Place): Promise<void>;

  /** Lengthens the lease now; it is also done regularly by itself. @throws `LOCK_LOST` */
  renew(): Promise<void>;

  /** Frees it if it is still ours; never throws. */
  unlock(): Promise<void>;
}

/** A lock as its home has it now. */
export interface HomeLock {
  /** Seconds since 1970 by the host's clock. */
  readonly clock: number;
  readonly lock: HeldLock | undefined;
}

export interface HeldLock extends LockHolder {
  /** Tells it from every other lock. */
  readonly token: string;
}

export interface StageRequest extends TreeOptions {
  /** With `shared` paths beneath folders: {@link withSharedParents}. */
  readonly tree: Tree;
  /** Of `tree`; its id names the folder. */
  readonly manifest: Manifest;
  readonly run: string;
  /** What the place holds, looked at under this lock, with its history. Default: it is looked at. */
  readonly probe?: Probe | undefined;
  /** How many of the newest distinct confirmed trees stay beside the new one, the current one among them. Default 5. */
  readonly keep?: number | undefined;
  /**
   * What runs must be as the probe's snapshot has it: `TREE_MOVED` where it is not any more. Looked at where it is linked
   * from, or lies in the home itself. Default `false`: it is hashed, and replaced.
   */
  readonly steady?: boolean | undefined;
  /** Of the tree that runs, where the probe's snapshot is the same. Default: it is read. */
  readonly running?: Manifest | undefined;
  /** Kept with the tree, as by {@link Lock.record}. Default: none. */
  readonly record?: ReleaseRecord | undefined;
  /** Take over a folder that is not empty and has no marker, or another's marker. Default `false`. */
  readonly adopt?: boolean | undefined;
  /** Told as work goes on. */
  readonly onProgress?: ((progress: StageProgress) => void) | undefined;
}

export interface StageProgress {
  readonly step: "send";
  /** Files that go over the line. */
  readonly files: number;
  readonly bytes: number;
}

export interface Staged {
  /** Folder of `releases/`, for {@link Lock.switch}. */
  readonly dir: string;
  /** The complete tree was there already (and was hashed anew). */
  readonly reused: boolean;
  /** Files taken from the running release by hard link. */
  readonly linked: number;
  /** Files sent, and their bytes. */
  readonly sent: number;
  readonly sentBytes: number;
  /** Into a home itself: how many of the files that were looked at there the switch removes. Default: none. */
  readonly lost?: { readonly files: number; readonly of: number } | undefined;
}

export interface SwitchTarget {
  readonly dir: string;
  /** Release id of a record; `undefined`: no record is current then. */
  readonly release: string | undefined;
}

export interface Hook {
  /** A string goes to `sh -eu -c`; a list is run as it is. */
  readonly run: string | readonly [string, ...string[]];
  /** Release id, for FACS_RELEASE. */
  readonly release: string;
  /** Release id, for FACS_PREVIOUS; empty when there was none. */
  readonly previous?: string | undefined;
  /** Folder of `releases/` to run in. Default: the current one. */
  readonly dir?: string | undefined;
  /** Seconds. Default 300. */
  readonly timeout?: number | undefined;
  /** Ends the hook, not the session. */
  readonly signal?: AbortSignal | undefined;
}

export interface HookResult {
  /** As the shell has it; 128 + signal when one ended it. */
  readonly exitCode: number;
  /** Standard output and error as they came; of a long one the last 64 KiB. */
  readonly output: string;
  /** The output was longer. */
  readonly truncated: boolean;
  readonly timedOut: boolean;
}

export interface ConfirmRequest {
  readonly entry: HistoryEntry;
  /** What the host is to remember from now on, in place of what it remembers of this scope. Default: as it is. */
  readonly state?: DeployedState | undefined;
  /** As in {@link StageRequest}. */
  readonly probe?: Probe | undefined;
  readonly keep?: number | undefined;
}

/** What a `VERIFY_FAILED` error carries beside its message. */
export interface VerifyFailure {
  readonly differences: readonly Difference[];
}
