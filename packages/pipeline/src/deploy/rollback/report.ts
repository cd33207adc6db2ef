import type { FacsimileError, Position } from "@facsimile/core";
import type { Hooks } from "../../release/release.ts";
import type { DeployReport } from "../reports.ts";

/** What a rollback would do, as data: somebody is asked about it. */
export interface RollbackPlan {
  readonly instance: string;
  readonly projects: readonly RollbackProject[];
  /** Those that answered, and those that did not. */
  readonly hosts: readonly RollbackHost[];
  readonly rotated: readonly RotatedSecrets[];
}

export interface RollbackProject {
  readonly project: string;
  /** Where it goes. */
  readonly version: string;
  readonly release: string;
  readonly hooks: Hooks;
}

export interface RollbackHost {
  readonly host: string;
  readonly region: string | undefined;
  readonly problem?: FacsimileError | undefined;
  /** Projects that something is to be done for, and what runs there now. */
  readonly projects: readonly { readonly project: string; readonly from: HeldVersion | undefined }[];
}

export interface HeldVersion {
  /** Undefined: the record of what runs is not there, or damaged. */
  readonly version: string | undefined;
  readonly release: string;
}

/** Secrets whose values a release holds, and which are others now. */
export interface RotatedSecrets {
  readonly project: string;
  /** Of the release. */
  readonly version: string;
  readonly secrets: readonly string[];
}

/** As the report of a deploy; what is to be told beside it. */
export interface RollbackReport extends Omit<DeployReport, "schema" | "recorded"> {
  readonly schema: "rollback/1";
  readonly rotated: readonly RotatedSecrets[];
  /** What the definitions, which a rollback leaves as they are, say of the same projects. */
  readonly defined: readonly DefinedVersion[];
}

export interface DefinedVersion {
  readonly project: string;
  readonly version: string;
  readonly position: Position | undefined;
}
