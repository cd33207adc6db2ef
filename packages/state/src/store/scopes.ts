import nodeFs from "node:fs/promises";
import { compareBytes, errnoOf } from "@facsimile/core";

/** The scopes that have a file in a folder of states, in byte order. */
export async function sealedScopes(folder: string): Promise<string[]> {
  const names = await nodeFs.readdir(folder).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  });
  return names.flatMap((name) => /^([^.].*)\.json$/.exec(name)?.[1] ?? []).sort(compareBytes);
}
