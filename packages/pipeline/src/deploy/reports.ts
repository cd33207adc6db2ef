import type { FacsimileError } from "@facsimile/core";
import type { Difference } from "@facsimile/manifest";
import type { StateChange } from "./plan/types.ts";
import type { Stopped, WaveReport } from "./plan/wave-report.ts";

export type HostOutcome = "done" | "unchanged" | "failed" | "unreachable" | "skipped" | "reverted" | "not tried";

export interface DeployReport {
  readonly schema: "deploy/1";
  /** Empty where nothing was run, or nothing that could be resumed. */
  readonly run: string;
  readonly instance: string;
  /** `failed`: nothing switched, or all reverted. `partial`: hosts now differ, or were left behind. */
  readonly outcome: "done" | "unchanged" | "failed" | "partial";
  readonly projects: readonly { readonly project: string; readonly version: string; readonly release: string }[];
  readonly hosts: readonly HostReport[];
  /** With the policy rolling: in this order. */
  readonly waves?: readonly WaveReport[] | undefined;
  /** Missing: all waves came to their end, whatever became of single hosts. */
  readonly stopped?: Stopped | undefined;
  /** What was written down before the first host was touched; `undefined` when nothing was. */
  readonly recorded: Recorded | undefined;
  /** The rollback that takes back what this run switched and confirmed. Missing: nothing was, or no rollback can take back all of it. */
  readonly undo?: Undo | undefined;
  /** Without the time in which somebody was asked. */
  readonly durationMs: number;
}

/** What `facs rollback` is to be told. Empty: all of the instance. */
export interface Undo {
  readonly projects: readonly string[];
  readonly hosts: readonly string[];
}

export interface Recorded {
  /** After sealing. */
  readonly state: StateChange;
  /** Definition files that have another version now, relative to the root. */
  readonly edited: readonly string[];
  /** `kept`: a local instance only writes, and so does a folder without git. */
  readonly published: "pushed" | "committed" | "kept";
}

export interface HostReport {
  readonly host: string;
  readonly region: string | undefined;
  readonly outcome: HostOutcome;
  readonly problem?: FacsimileError | undefined;
  /**
   * Of a host that failed after its switch: `back`, it runs again what ran before; `kept`, it runs the new release, which is not
   * confirmed, as a command ran that cannot be taken back, or because that failed (`NOT_CONFIRMED`); or which is, and no exact copy
   * any more (`COPY_CHANGED`). Default: neither, or nobody knows, and its problem says so.
   */
  readonly switched?: "back" | "kept" | undefined;
  /** With `kept`: projects of the run that it did not come to, and that are what they were before. Default: none. */
  readonly behind?: readonly string[] | undefined;
  /** Of a host that holds its copies and has checks: whether all of them were asked in this run, and were well. */
  readonly healthy?: boolean | undefined;
  /** Of a host that was skipped: `down: moving house`, `not chosen`, `done in run …`. */
  readonly why?: string | undefined;
}

export interface VerifyReport {
  readonly schema: "verify/1";
  readonly instance: string;
  /** Everything was hashed; else what moved since the deploy, as the hosts' snapshots have it. */
  readonly deep: boolean;
  /** What was asked for. After a rollback hosts hold another version. */
  readonly projects: readonly AskedVersion[];
  readonly hosts: readonly VerifiedHost[];
  /** Declared down, and why: nobody asked them. */
  readonly down: readonly { readonly host: string; readonly region: string | undefined; readonly down: string }[];
}

/** The version of a project that the definitions say, and that a deploy brings; or the one that was typed: `storefront@1.0.0`. */
export interface AskedVersion {
  readonly project: string;
  readonly version: string;
}

export interface VerifiedHost {
  readonly host: string;
  readonly region: string | undefined;
  readonly problem?: FacsimileError | undefined;
  readonly projects: readonly VerifiedProject[];
}

export interface VerifiedProject {
  readonly project: string;
  /** Missing: the host holds no release of this project. */
  readonly version?: string | undefined;
  readonly release?: string | undefined;
  /** It holds none whole: a switch of a mirror was begun, and neither ended nor taken back. */
  readonly torn?: true | undefined;
  /** Empty: the host holds exactly its release. */
  readonly differences: readonly Difference[];
}
