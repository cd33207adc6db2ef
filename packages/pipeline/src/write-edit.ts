import fs from "node:fs/promises";
import path from "node:path";
import { errnoOf, FacsimileError } from "@facsimile/core";
import type { TextEdit } from "@facsimile/definitions";

/**
 * Puts an edited text in its file's place, whole or not at all. Mode, owner and a byte order mark stay; of a link, what it
 * leads to is written.
 *
 * @throws `EDIT_STALE` where the file is no longer what the edit was planned on, and what the system throws.
 */
export async function writeEdit({ file, before, after }: TextEdit, { root }: { root: string }): Promise<void> {
  const target = path.resolve(root, file);
  const now = await textOf(target);
  const mark = now.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
  if (now.slice(mark.length) !== before) {
    throw new FacsimileError("EDIT_STALE", `${file} was changed by somebody else meanwhile`, {
      hint: "Nothing was written. Run it again.",
    });
  }
  const { default: writeFileAtomic } = await import("write-file-atomic");
  // By itself it writes once: a disk that is nearly full takes a part of that, and nobody is told.
  await writeFileAtomic(target, "", { tmpfileCreated: (temporary) => fs.writeFile(temporary, mark + after) });
}

/** Readers leave it out of the text that an edit is planned on. */
const BYTE_ORDER_MARK = "\ufeff";

async function textOf(file: string): Promise<string> {
  try {
    return await fs.readFile(file, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return "";
    throw error;
  }
}
