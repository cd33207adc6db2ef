import type { FacsimileError, Position } from "@facsimile/core";
import type { Value } from "@facsimile/definitions";
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
  /** Hosts that a deploy would leave alone. Default: none. */
  readonly down?: readonly DownHost[] | undefined;
  readonly state: StateChange;
  /** What is made with the next seal, and for whom. */
  readonly made: readonly MadeSecret[];
  /** What the definitions say otherwise than when that was made which hosts hold. */
  readonly values: readonly ValueChange[];
  /** Why values could not be compared, or not all. */
  readonly notes: readonly string[];
  /** How rendered files change, where that was asked for. */
  readonly files?: readonly FileChange[] | undefined;
}

export interface MadeSecret {
  /** `passwd/reports`, `db/root`. */
  readonly name: string;
  /** How: `uuid`, `hex 32`. */
  readonly policy: string;
  /** The modules whose password it is. */
  readonly modules: readonly string[];
  /** Where the first of them is written, or the rule that it is made by. */
  readonly position?: Position | undefined;
}

/** A value of the definitions, then and now; secrets are hidden. */
export interface ValueChange {
  readonly projects: readonly string[];
  /** `deploy.keep`, as `facs explain` takes it. */
  readonly path: string;
  /** Undefined where it was not set, or is not any more. */
  readonly from: Value | undefined;
  readonly to: Value | undefined;
  /** What sets it; of what is not set any more, what did, with its commit. */
  readonly layer: string;
  readonly position?: Position | undefined;
  /** The hosts that see it change. Undefined: all. */
  readonly hosts?: readonly string[] | undefined;
}

/** A rendered file that hosts have with other bytes. */
export interface FileChange {
  readonly project: string;
  readonly path: string;
  /** All that have the same bytes now, and get the same. */
  readonly hosts: readonly string[];
  /** Bytes. */
  readonly sizes: { readonly from: number; readonly to: number };
  /** The texts, secrets masked as `‹name›`; or why they are not shown. */
  readonly texts: { readonly before: string; readonly after: string } | HiddenTexts;
}

/**
 * `secrets`: it holds some, and what they were is not known; `binary`; `large`: above 64 kB, or 1 MB of one host;
 * `unreadable`: the login may not read it; `moved`: it is not any more what the plan began with.
 */
export interface HiddenTexts {
  readonly hidden: "secrets" | "binary" | "large" | "unreadable" | "moved";
}

export interface DownHost {
  readonly host: string;
  readonly region: string | undefined;
  /** As the definition says: `hosts.<name>.down`. */
  readonly why: string;
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
  /** The host holds this release, and the run that brought it there came to its end. */
  readonly release: boolean;
}

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
  /** What was written down before the first host was touched; `undefined` when nothing was. */
  readonly recorded: Recorded | undefined;
  /** The rollback that takes back what this run switched. Missing: nothing was, or no rollback can take back all of it. */
  readonly undo?: Undo | undefined;
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
  /** Of a host that was skipped: `down: moving house`, `not chosen`, `done in run …`. */
  readonly why?: string | undefined;
}

export interface WaveReport {
  /** `eu`, `eu database`; `the others`. */
  readonly name: string;
  /** Those that had something to do. */
  readonly hosts: readonly string[];
}

export interface VerifyReport {
  readonly schema: "verify/1";
  readonly instance: string;
  /** Everything was hashed; else what moved since the deploy, as the hosts' snapshots have it. */
  readonly deep: boolean;
  readonly hosts: readonly VerifiedHost[];
  /** Declared down, and why: nobody asked them. */
  readonly down: readonly { readonly host: string; readonly region: string | undefined; readonly down: string }[];
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
