/** Where a file's bytes are: in a file of this machine (absolute path), or in memory. */
export type Content = { readonly file: string } | { readonly bytes: Uint8Array };

export type TreeNode =
  | { readonly type: "dir"; readonly mode: number }
  | {
      readonly type: "file";
      readonly mode: number;
      readonly content: Content;
      /** Names of the secrets that the content holds, sorted; empty for ordinary files. */
      readonly secrets: readonly string[];
    }
  | { readonly type: "link"; readonly target: string };

/** What a host is to hold: relative path, parts joined by `/`, → node. Folders that only hold others may be left out. */
export type Tree = ReadonlyMap<string, TreeNode>;

export interface DirEntry {
  readonly path: string;
  readonly type: "dir";
  readonly mode: number;
}

export interface FileEntry {
  readonly path: string;
  readonly type: "file";
  readonly mode: number;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface LinkEntry {
  readonly path: string;
  readonly type: "link";
  /** As readlink(2) gives it. */
  readonly target: string;
}

export type Entry = DirEntry | FileEntry | LinkEntry;

/** What a tree is: sorted by the UTF-8 bytes of `path`, each path once, every parent folder present. The root is no entry. */
export interface Manifest {
  readonly entries: readonly Entry[];
}
