import type { Environment } from "@facsimile/core";
import type { Manifest } from "@facsimile/manifest";

/** Where a copy lives: a machine reached by ssh, or this one. */
export type Endpoint =
  | {
      readonly kind: "ssh";
      /** Its name in the definitions; keys of the host are looked up by it. */
      readonly name: string;
      /** What ssh connects to: a name, an address, or an alias of the user's ssh_config. */
      readonly address: string;
      /** Default: as ssh_config says. */
      readonly port?: number;
      /** Default: as ssh_config says. */
      readonly user?: string;
    }
  | { readonly kind: "local"; readonly name: string };

export interface ConnectOptions {
  /**
   * What rsync and local hooks see of it: the variables of core's `PASSED_ON`. ssh, which may need any for the user's ssh_config,
   * sees all but `FACS_…`.
   */
  readonly env: Environment;
  /** File with the keys of hosts, by name (ssh's `known_hosts` form). Default: no host is known. */
  readonly knownHosts?: string | undefined;
  /** ssh's `-F`. Default: the user's ssh_config. */
  readonly sshConfig?: string | undefined;
  /** Seconds until a connection must stand and answer. Default 20. */
  readonly connectTimeout?: number | undefined;
  /** Seconds for which a connection is kept open for the next session to the same host. Default 0. */
  readonly persist?: number | undefined;
  /** Seconds that a host may stay silent while something is asked of it. Default 600. */
  readonly silence?: number | undefined;
  /** Aborting it ends what runs in the session, copies and hooks too; then only `unlock` and `close` do anything. */
  readonly signal?: AbortSignal | undefined;
  /** Folder for private sockets; its path must be short. Default `/tmp`. */
  readonly tmpDir?: string | undefined;
}

/** One project of one instance on a host. */
export interface Place {
  /** Absolute, or relative to the login's home; made of `A-Za-z0-9._/@+-`. */
  readonly home: string;
  readonly instance: string;
  readonly project: string;
  /** `releases`: trees side by side in `<home>/<project>/releases`. `mirror`: the tree is put into the home itself. Default `releases`. */
  readonly strategy?: "releases" | "mirror" | undefined;
}

/** What a host says of itself. */
export interface HostFacts {
  readonly user: string;
  /** `uname -s`, e.g. `Linux`. */
  readonly system: string;
  /** Seconds since 1970 by the host's clock. */
  readonly clock: number;
  /** Version of its rsync, e.g. `3.2.7`; `undefined` when it has none. */
  readonly rsync: string | undefined;
}

export interface TreeOptions {
  /** Paths that are left alone: neither listed nor compared (`mutable`), nor anything beneath them. */
  readonly ignore?: ((path: string) => boolean) | undefined;
  /** Paths linked into `<home>/<project>/shared`. Right links are left out of listings; anything else in their place is listed. */
  readonly shared?: readonly string[] | undefined;
  /** What both of these are made from: a snapshot says nothing of what was left alone when it was taken, and is no more. */
  readonly alone?: readonly string[] | undefined;
}

export interface WayRequest extends TreeOptions {
  /** What is to lie there. */
  readonly manifest: Manifest;
  /** What was deployed there; `undefined`: nobody knows. */
  readonly last?: Manifest | undefined;
}

export interface FilesRequest {
  /** A folder of `releases/`. */
  readonly dir: string;
  /** Relative to the tree. */
  readonly paths: readonly string[];
  /** Of each file. */
  readonly maxBytes: number;
}

/** `binary`: it holds the byte 0 or 1. `none`: no file. `large`: more than was asked for; `unreadable`: by this login. */
export type FileOnHost =
  | { readonly kind: "text"; readonly bytes: Uint8Array }
  | { readonly kind: "binary" | "none" | "large" | "unreadable" };

export interface ProbeOptions extends TreeOptions {
  /** What to look at beyond what runs; `last`: the end of the history. Default: everything. */
  readonly look?: readonly ("lock" | "history" | "last" | "space" | "record" | "state" | "drift")[] | undefined;
  /** Look at the space only where another tree than this one runs. */
  readonly wanted?: string | undefined;
}

export interface ListOptions extends TreeOptions {
  /** A folder of `releases/`. Default: the current one. */
  readonly dir?: string | undefined;
  /** Hash only these. Default: everything is hashed. */
  readonly moved?: Moved | undefined;
}

/** What a probe found to have moved, in a tree that was proven to be `manifest` before. */
export interface Moved {
  /** Files that may have other bytes now. All others have those of the manifest if size and mode are the same. */
  readonly paths: readonly string[];
  readonly manifest: Manifest;
}

export interface Listing {
  /** The folder of `releases/` that was listed. */
  readonly dir: string;
  readonly manifest: Manifest;
  /** `shared` paths that have no link at all. */
  readonly unlinked: readonly string[];
}

export interface RecordOptions {
  /** Default: the current one. */
  readonly release?: string;
  /** Default: all of {@link RECORD_FILES}. */
  readonly files?: readonly string[];
}

/** What a host keeps about one release, as it was recorded. */
export interface ReleaseRecord {
  readonly release: string;
  /** File name → text, for those of {@link RECORD_FILES} that are there. */
  readonly files: Readonly<Record<string, string>>;
}

export interface LockHolder {
  readonly owner: string;
  readonly run: string;
  readonly reason: string;
  /** Seconds since 1970 by the host's clock. */
  readonly since: number;
  /** Seconds since 1970 by the host's clock; past it, anyone may take it. */
  readonly until: number;
  readonly expired: boolean;
}

/** Files of a {@link ReleaseRecord}. `snapshot` beside them is the host's own. */
export const RECORD_FILES = ["manifest", "SHA256SUMS", "release.json", "release.json.asc"] as const;

/** Stands for the sha256 of what was not read: the login may not, it is no file (a pipe, a socket, a device), or nobody asked. */
export const UNREADABLE = "0".repeat(64);
