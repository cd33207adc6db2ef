import type { InstanceName, Position, ProjectName } from "@facsimile/core";
import type { Conglomerate, Definition } from "@facsimile/definitions";
import type { Checkout } from "../sources/checkout.ts";
import type { StageChoice } from "../sources/stages.ts";
import type { WantedHosts } from "./wanted-hosts.ts";

/** What a command asks for, as the user wrote it. */
export interface CopyRequest {
  /** `staging`, `dev.dev0`. */
  readonly instance: string;
  /** `storefront` or `storefront@1.1.0`. Default: every project of the instance. */
  readonly projects?: readonly string[] | undefined;
  /** `path=value` pairs that win over every file. */
  readonly set?: readonly string[] | undefined;
  /** A working tree, taken in place of the version of the one project that is asked for. */
  readonly srcDir?: string | undefined;
  /** Default: all stages. */
  readonly stages?: StageChoice | undefined;
}

/**
 * The instance before anything is built: which hosts, and which projects in which versions. As the conglomerate says, or,
 * where a source repository carries its definitions, as the version says that is to be deployed.
 */
export interface Outline extends WantedHosts {
  readonly conglomerate: Conglomerate;
  readonly instance: InstanceName;
  readonly definition: Definition;
  readonly projects: readonly WantedProject[];
  readonly set: readonly string[];
  readonly isProtected: boolean;
  readonly srcDir: string | undefined;
  readonly stages: StageChoice;
}

export interface WantedProject {
  readonly project: ProjectName;
  readonly version: string;
  /** The command line names another version than the definition. */
  readonly edited: boolean;
  /** Where the definition writes the version. */
  readonly position: Position | undefined;
  readonly definition: Definition;
  /** Where the version carries its own definitions: `definition` is then the whole one, from there. */
  readonly carried?: Carried | undefined;
}

/** The checkout of a version that carries its own definitions. */
export interface Carried {
  readonly source: Checkout;
  /** The folder of its `tmpl/` and `extra/`, absolute. */
  readonly own: string;
}
