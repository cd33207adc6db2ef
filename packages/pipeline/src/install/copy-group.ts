import type { Position } from "@facsimile/core";

/** One `{type: "copy"}` group of `install.groups`. */
export interface CopyGroup {
  /** Each must exist. An absolute one lands under its base name, a relative one under its path. */
  readonly files?: readonly string[] | undefined;
  /** As `files`, but those that do not exist are left out. */
  readonly optfiles?: readonly string[] | undefined;
  /** Everything in the folder, under its path in the build. */
  readonly dir?: string | undefined;
  /** Files and links of the build, or of the sources after `$SRC_DIR$/`, that match, under their paths. */
  readonly glob?: string | readonly string[] | undefined;
  /** RE2 over the path, which begins with `$SRC_DIR$` or `$BUILD_DIR$`; `replace` (`\1` or `$1` for groups) says where it lands. */
  readonly pattern?: string | undefined;
  readonly replace?: string | undefined;
}

export interface CopyContext {
  /** What `$SRC_DIR$` and the like stand for. Relative paths are relative to `BUILD_DIR`. */
  readonly variables: Readonly<Record<string, string>> & { readonly BUILD_DIR: string; readonly SRC_DIR: string };
  /** Where the definition has the group. */
  readonly position?: Position | undefined;
  /** Told when the group names files and its pattern matches none of them. */
  readonly onIdle?: ((pattern: string) => void) | undefined;
}
