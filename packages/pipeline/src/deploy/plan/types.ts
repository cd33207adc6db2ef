import type { FacsimileError, Position } from "@facsimile/core";
import type { Value } from "@facsimile/definitions";
import type { Difference } from "@facsimile/manifest";
import type { Hooks } from "../../release/release.ts";
import type { WaveReport } from "./wave-report.ts";

/** What a deploy would do, as data: the CLI prints it, a deploy carries it out. */
export interface Plan {
  readonly schema: "plan/1";
  readonly instance: string;
  /** On this machine: neither ssh nor rsync. */
  readonly local: boolean;
  readonly projects: readonly ProjectPlan[];
  readonly hosts: readonly HostPlan[];
  /** With the policy rolling: hosts that have something to do, in this order. */
  readonly waves?: readonly WaveReport[] | undefined;
  /** Hosts that a deploy would leave alone. Default: none. */
  readonly down?: readonly DownHost[] | undefined;
  readonly state: StateChange;
  /** What is made with the next seal, and for whom. */
  readonly made: readonly MadeSecret[];
  /** What the definitions say otherwise than when that was made which hosts hold. */
  readonly values: readonly ValueChange[];
  /** Why values could not be compared, or not all. */
  readonly notes: readonly string[];
  /** Why a deploy would be refused as a whole, whatever the hosts answer. Default: it would not. */
  readonly refused?: readonly FacsimileError[] | undefined;
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
  /** What runs there was switched to by a run that did not come to its end. Default `false`. */
  readonly unconfirmed?: boolean | undefined;
}
