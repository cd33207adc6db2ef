import fs from "node:fs";
import path from "node:path";

export interface Sources {
  readonly project: string;
  readonly version: string;
  /** Folder of the project within its repository. Default: the root of it. */
  readonly subfolder?: string | undefined;
}

/** Where the sources of a version lie once they are checked out; `checkouts` is the folder of all, `SRC`. */
export function checkoutFolder({ project, version, subfolder = "." }: Sources, checkouts: string): string {
  return path.join(checkouts, `${project}-${version.replaceAll("/", "~")}`, subfolder);
}

export function isFolder(dir: string): boolean {
  return fs.statSync(dir, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
