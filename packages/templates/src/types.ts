/** Where a file's bytes are: in a file of this machine (absolute path) that is taken as it is, or rendered, in memory. */
export type Content = { readonly file: string } | { readonly bytes: Uint8Array };

export interface DirNode {
  readonly type: "dir";
  readonly mode: number;
}

export interface FileNode {
  readonly type: "file";
  readonly mode: number;
  readonly content: Content;
  /** Names of the secrets that its rendering revealed, sorted. A file with any has mode 0600. */
  readonly secrets: readonly string[];
}

export interface LinkNode {
  readonly type: "link";
  readonly target: string;
}

export type TreeNode = DirNode | FileNode | LinkNode;

/** What one host gets: relative path, parts joined by `/`, → node. */
export type Tree = ReadonlyMap<string, TreeNode>;

/** One folder of an overlay. */
export interface Layer {
  /** As people know it, and as error positions begin: `tmpl/_ALL_`. */
  readonly name: string;
  /** Absolute path; need not exist. */
  readonly dir: string;
  /** True for a path, relative to `dir`, that is left out, for a folder with all that it holds. Default: nothing is. */
  readonly skip?: ((path: string) => boolean) | undefined;
  /** What becomes of a line that holds only tags. Default `"remove"`; `"keep"` is as Liquid has it everywhere else. */
  readonly tagLines?: TagLines | undefined;
}

export type TagLines = "remove" | "keep";
