import fs from "node:fs/promises";
import path from "node:path";
import { errnoOf, FacsimileError } from "@facsimile/core";
import type { TextEdit } from "@facsimile/definitions";
import writeFileAtomic from "write-file-atomic";

/**
 * Puts an edited text in its file's place, whole or not at all; mode and owner stay.
 *
 * @throws `EDIT_STALE` where the file is no longer what the edit was planned on.
 */
export async function writeEdit({ file, before, after }: TextEdit, { root }: { root: string }): Promise<void> {
  const target = path.resolve(root, file);
  if ((await textOf(target)) !== before) {
    throw new FacsimileError("EDIT_STALE", `${file} was changed by somebody else meanwhile`, {
      hint: "Nothing was written. Run it again.",
    });
  }
  await writeFileAtomic(target, after);
}

async function textOf(file: string): Promise<string> {
  try {
    return await fs.readFile(file, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return "";
    throw error;
  }
}
