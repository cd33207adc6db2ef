import fs from "node:fs/promises";
import path from "node:path";

/** Everything below a folder, relative to it; links are not followed, as `readdir` by itself would. */
export async function entriesOf(top: string): Promise<readonly string[]> {
  const entries = await fs.readdir(top, { recursive: true, withFileTypes: true });
  return entries.map((entry) => path.relative(top, path.join(entry.parentPath, entry.name)));
}
