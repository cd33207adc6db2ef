import type { FacsimileError, Position } from "@facsimile/core";
import type { Difference } from "@facsimile/manifest";
import type { Hooks } from "../release/release.ts";

/** What a deploy would do, as data: the CLI prints it, a deploy carries it out. */
export interface Plan {
  readonly schema: "plan/1";
  readonly instance: string;
  /** On this machine: neither ssh nor rsync. */
  readonly local: boolean;
  readonly projects: readonly ProjectPlan[];
  readonly hosts: readonly HostPlan[];
  readonly state: StateChange;
}

export interface ProjectPlan {
  readonly project: string;
  /** The version that hosts hold; several when they differ; empty when none holds one. */
  readonly from: readonly string[];
  readonly to: string;
  /** Where the version is written, when it is in a file. */
  readonly position?: Position | undefined;
  readonly release: string;
  readonly hooks: Hooks;
}

export interface StateChange {
  readonly scope: string;
  readonly serial: number;
  /** Users whose passwords would be made. */
  readonly passwords: readonly string[];
  /** Secrets that would be made, by name: `db/root`. */
  readonly secrets: readonly string[];
  readonly uiids: Readonly<Record<string, number>>;
}

export interface HostPlan {
  readonly host: string;
  readonly region: string | undefined;
  readonly targets: readonly string[];
  /** Why the host could not be asked. */
  readonly problem?: FacsimileError | undefined;
  readonly projects: readonly HostProjectPlan[];
}

export interface HostProjectPlan {
  readonly project: string;
  readonly tree: string;
  /** The tree that the host runs now. */
  readonly current: string | undefined;
  /** What the definitions change, against the tree that was deployed last. */
  readonly changes: readonly Difference[];
  /** What somebody changed on the host since; a deploy puts it right. */
  readonly drift: readonly Difference[];
  /** Files and bytes that the host would be sent. */
  readonly files: number;
  readonly bytes: number;
  /** Secrets that the tree holds, and those of them that the host did not have before. */
  readonly secrets: readonly string[];
  readonly newSecrets: readonly string[];
  /** False when the host already holds exactly this release. */
  readonly release: boolean;
}

export type HostOutcome = "done" | "unchanged" | "failed" | "unreachable" | "skipped" | "reverted" | "not tried";

export interface DeployReport {
  readonly schema: "deploy/1";
  readonly run: string;
  readonly instance: string;
  /** `failed`: nothing switched, or all reverted. `partial`: hosts now differ, or were left behind. */
  readonly outcome: "done" | "unchanged" | "failed" | "partial";
  readonly projects: readonly { readonly project: string; readonly version: string; readonly release: string }[];
  readonly hosts: readonly HostReport[];
  /** What was written down before the first host was touched; `undefined` when nothing was. */
  readonly recorded: Recorded | undefined;
  readonly durationMs: number;
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
}

export interface VerifyReport {
  readonly schema: "verify/1";
  readonly instance: string;
  readonly hosts: readonly VerifiedHost[];
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
  /** Empty: the host holds exactly its release. */
  readonly differences: readonly Difference[];
}
