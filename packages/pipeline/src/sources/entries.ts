import { isUtf8 } from "node:buffer";
import fs from "node:fs/promises";
import path from "node:path";
import { escapedBytes, FacsimileError, throwProblems } from "@facsimile/core";

/** Everything below a folder, relative to it; links are not followed. @throws `TREE_BAD_PATH`, of all names that are not UTF-8 */
export async function entriesOf(top: string): Promise<readonly string[]> {
  const found: string[] = [];
  const odd: FacsimileError[] = [];
  const folders = [""];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    const folder = path.join(top, at);
    for (const entry of await fs.readdir(folder, { encoding: "buffer", withFileTypes: true })) {
      const name = path.join(at, entry.name.toString());
      if (!isUtf8(entry.name)) odd.push(notText(path.join(folder, escapedBytes(entry.name))));
      else if (entry.isDirectory()) folders.push(name);
      found.push(name);
    }
  }
  throwProblems(odd);
  return found;
}

/** A name that no path of a release can have. */
function notText(shown: string): FacsimileError {
  return new FacsimileError("TREE_BAD_PATH", `the name of ${shown} is not in UTF-8`, {
    hint: "Rename it, or remove it.",
  });
}
