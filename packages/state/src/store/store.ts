import nodeFs from "node:fs/promises";
import path from "node:path";
import { errnoOf, FacsimileError, sha256 } from "@facsimile/core";
import { type FileSystem, placeOf, readIfThere, writeFailed } from "./files.ts";
import { updateFile } from "./update.ts";

/** Where the files of scopes are kept. Its contract is compare-and-swap. */
export interface Store {
  /** As messages name a scope's file: `state/production.json`. */
  name(scope: string): string;
  /** The same text for the same file, on this machine, for ever: the key of the user's memory. */
  place(scope: string): Promise<string>;
  read(scope: string): Promise<{ readonly bytes: Uint8Array; readonly version: string } | undefined>;
  /**
   * Replaces the file if it still is of `ifVersion` (`undefined`: if there is none), else throws `STATE_CHANGED`.
   * After any failure the old file or the new one is there, whole.
   */
  write(scope: string, change: { readonly bytes: Uint8Array; readonly ifVersion: string | undefined }): Promise<void>;
}

/** Files `<scope>.json` in a folder. A version is the sha256 of the bytes. */
export function folderStore(folder: string, fs: FileSystem = nodeFs): Store {
  const fileOf = (scope: string) => path.join(folder, `${scope}.json`);
  const name = (scope: string) => path.join(path.basename(folder), `${scope}.json`);
  return {
    name,
    place: (scope) => placeOf(fileOf(scope)),
    async read(scope) {
      const bytes = await readIfThere(fileOf(scope), fs);
      return bytes && { bytes, version: sha256(bytes) };
    },
    async write(scope, { bytes, ifVersion }) {
      const file = await realFile(fileOf(scope), fs);
      const change = (now: Uint8Array | undefined) => {
        if ((now && sha256(now)) !== ifVersion) throw changed(name(scope));
        return bytes;
      };
      await updateFile(file, change, fs);
    },
  };
}

// A link to a file elsewhere stays a link.
async function realFile(file: string, fs: FileSystem): Promise<string> {
  try {
    return await fs.realpath(file);
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return file;
    throw writeFailed(file, cause as Error, false);
  }
}

function changed(file: string): FacsimileError {
  return new FacsimileError(
    "STATE_CHANGED",
    `${file} was changed by somebody else since it was read; nothing was written`,
    {
      hint: "Run the command again: it reads the file anew.",
    },
  );
}
