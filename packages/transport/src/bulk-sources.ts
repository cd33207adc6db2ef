import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Bulk } from "./rsync.ts";
import type { BulkFile, StagePlan } from "./stage-plan.ts";

/**
 * Copies every group from where it lies. Files that lie at another path than the tree's, and those behind links, are put
 * in place by hard links in a temporary folder first; they are ordinary files: those with secrets are streamed.
 */
export async function copyBulk(bulk: Bulk, { groups, to }: { groups: StagePlan["bulk"]; to: string }): Promise<void> {
  const elsewhere: BulkFile[] = [...(groups.get(undefined) ?? [])];
  for (const [from, files] of groups) {
    if (from === undefined) continue;
    const [plain, links] = await partition(files);
    elsewhere.push(...links);
    await copyFrom(bulk, { from, to, files: plain });
  }
  if (elsewhere.length === 0) return;
  const farm = await fs.mkdtemp(path.join(os.tmpdir(), "facs-bulk-"));
  try {
    for (const each of elsewhere) await place(each, farm);
    await copyFrom(bulk, { from: farm, to, files: elsewhere });
  } finally {
    await fs.rm(farm, { recursive: true, force: true });
  }
}

async function copyFrom(
  bulk: Bulk,
  { from, to, files }: { from: string; to: string; files: readonly BulkFile[] },
): Promise<void> {
  if (files.length > 0) await bulk.copy({ from, to, paths: files.map(({ entry }) => `./${entry.path}`) });
}

async function partition(files: readonly BulkFile[]): Promise<[BulkFile[], BulkFile[]]> {
  const isLink = await Promise.all(files.map(async ({ file }) => (await fs.lstat(file)).isSymbolicLink()));
  return [files.filter((_, i) => !isLink[i]), files.filter((_, i) => isLink[i])];
}

async function place({ entry, file }: BulkFile, farm: string): Promise<void> {
  const to = path.join(farm, entry.path);
  await fs.mkdir(path.dirname(to), { recursive: true });
  const real = await fs.realpath(file);
  // Another file system, or one without hard links.
  await fs.link(real, to).catch(() => fs.copyFile(real, to));
}
