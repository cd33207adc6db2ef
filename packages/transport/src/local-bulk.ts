import { constants } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import pLimit from "p-limit";
import type { Bulk, BulkRequest } from "./rsync.ts";

/** Bulk copying on this machine, without rsync. */
export const localBulk: Bulk = {
  kind: "local",
  copy,
  version: async () => undefined,
};

async function copy({ from, to, paths }: BulkRequest): Promise<void> {
  const slots = pLimit(16);
  // COPYFILE_EXCL: what is there already may be a hard link to a running file, and is never written to.
  const copyOne = (file: string) => fs.copyFile(path.join(from, file), path.join(to, file), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE); // biome-ignore format: one line
  await Promise.all(paths.map((file) => slots(() => copyOne(file))));
}
