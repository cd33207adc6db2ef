import type { Environment, HostName, InstanceName, KeyPath, Position, ProjectName, TargetName } from "@facsimile/core";
import type { WrittenDefinition } from "./checks/schema.ts";
import type { Origin } from "./merge/origin.ts";

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

type Written = DeepReadonly<WrittenDefinition>;
type WrittenDeploy = NonNullable<Written["deploy"]>;

/** A command around a switch. */
export interface Hook {
  /** A shell line (`sh -eu -c`), or a program and its arguments. */
  readonly run: string | readonly string[];
  /** On the first host only. Default `false`. */
  readonly once?: boolean | undefined;
  /** Only on hosts of this target. Default: on all. */
  readonly target?: string | undefined;
  /** Seconds. Default 300. */
  readonly timeout?: number | undefined;
  /** Past it, nothing reverts by itself. Default `false`. */
  readonly irreversible?: boolean | undefined;
}

/** Either `run` or `http` is set. */
export interface HealthCheck {
  readonly run?: string | readonly string[] | undefined;
  readonly http?: string | undefined;
  readonly retries?: number | undefined;
  /** Seconds between two tries. */
  readonly interval?: number | undefined;
  /** Seconds that one try may take. */
  readonly timeout?: number | undefined;
}

/** `deploy` with its defaults in place and one-or-many as lists. */
export type DeployValues = Omit<WrittenDeploy, "precmd" | "postcmd" | "health" | "waves" | keyof DeployDefaults> &
  DeployDefaults & {
    readonly precmd: readonly Hook[];
    readonly postcmd: readonly Hook[];
    readonly health: readonly HealthCheck[];
    readonly waves: readonly Wave[];
  };

/** Hosts that are worked on after those of the waves before. A host is of the first wave that it fits in every way. */
export interface Wave {
  readonly regions?: readonly string[] | undefined;
  readonly targets?: readonly string[] | undefined;
  readonly hosts?: readonly string[] | undefined;
  /** Hosts at once. Default: all. */
  readonly max?: number | undefined;
  /** Seconds to wait after the wave, before its health is asked again. */
  readonly soak?: number | undefined;
}

/** A number of hosts, or a part of all of them: `"10%"`. */
export type SomeHosts = number | string;

export interface DeployDefaults {
  readonly strategy: "releases" | "mirror";
  readonly policy: "together" | "rolling";
  /** Hosts that may be unreachable at staging. Default 0. */
  readonly maxUnreachable: SomeHosts;
  /** Hosts that may fail before a rolling run stops. Default 0. */
  readonly maxFailures: SomeHosts;
  /** Hosts worked on at once. Default 20. */
  readonly parallel: number;
  /** Releases kept on each host. Default 5. */
  readonly keep: number;
}

/** A resolved definition: well-known keys checked and typed, all others as the user wrote them. Frozen at every depth. */
export interface InstanceValues extends Omit<Written, "deploy"> {
  readonly deploy: DeployValues;
  readonly [key: string]: unknown;
}

export interface Host {
  readonly name: HostName;
  /** Where ssh connects. Default: the name. */
  readonly address: string;
  readonly port?: number;
  /** `hosts.<name>.user`, else `deploy.user` of the host's view. */
  readonly user?: string;
  readonly region?: string;
  /** Default `linux`. */
  readonly system: string;
  /** Of the project (of all projects when none was asked for), in the order the projects name them. */
  readonly targets: readonly TargetName[];
  /** Why it is left out, where it is. */
  readonly down?: string;
}

export interface Module {
  readonly name: string;
  /** What templates call it: the user name, or the name where modules share a user. */
  readonly key: string;
  readonly username: string;
  /** Empty for a module that does not run. */
  readonly daemons: readonly Daemon[];
  /** After all overlays. */
  readonly values: { readonly [key: string]: unknown };
}

export interface Daemon {
  /** `workerd.0`; state keeps its uiid under this name. */
  readonly name: string;
  readonly logicalName: string;
  readonly instanceName: string;
}

export interface ResolveOptions {
  readonly instance: InstanceName;
  /** Without it: what holds for all projects, and all hosts. */
  readonly project?: ProjectName | undefined;
  /** The project's checkout, absolute; without it the conglomerate alone is read, which gives repository and version. */
  readonly source?: string | undefined;
  /** `path=value`, strongest last; the value is JSON5, else a text. */
  readonly set?: readonly string[] | undefined;
  /** The controller's system, for `"@system:…"` in {@link Definition.values}. Default `linux`. */
  readonly system?: string | undefined;
  /** For `${env:NAME}` of local instances. Default: empty. */
  readonly env?: Environment | undefined;
}

/** A text to write in place of another. */
export interface TextEdit {
  /** Relative to the conglomerate's root. */
  readonly file: string;
  /** Empty where the file does not exist yet. */
  readonly before: string;
  readonly after: string;
}

/** Something to tell the user that stops nothing. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly position?: Position | undefined;
}

/** What an instance is, for one project or for all: no state, no secrets. */
export interface Definition {
  readonly instance: InstanceName;
  readonly project: ProjectName | undefined;
  /** For what is the same on all hosts: checkout, build, plan. */
  readonly values: InstanceValues;
  /** Nothing but this machine: `deploy.nodes` names no host. */
  readonly local: boolean;
  /** Those with a target of the project. A local instance has one, called `local`. */
  readonly hosts: readonly Host[];
  /** The name of the state that holds its secrets; `state/<scope>.json`. */
  readonly scope: string;
  readonly modules: readonly Module[];
  readonly warnings: readonly Warning[];
  /** Paths that the user's schema calls secret; `*` stands for every key or item. */
  readonly secrets: readonly KeyPath[];
  /** Files read, relative to the root (absolute where they lie outside), in the order of the chain. */
  readonly files: readonly string[];
  /** What the host sees; the identical object for hosts that see the same. */
  view(host: Host): InstanceValues;
  /** The modules as the host sees them; the identical object for equal views. */
  modulesOf(host: Host): readonly Module[];
  /** Where a value comes from and what it overrode; undefined where nothing sets it. For `host`, in its view. */
  origin(path: KeyPath, host?: Host): Origin | undefined;
}
