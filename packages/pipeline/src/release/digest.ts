import fs from "node:fs/promises";
import path from "node:path";
import { compareBytes, sha256 } from "@facsimile/core";
import { type Entry, formatManifest, hashTree } from "@facsimile/manifest";
import type { PipelineContext } from "../context.ts";
import type { Evaluation } from "../deploy/evaluate.ts";

/** What a release from uncommitted definitions is known by: a digest of the definition files read, and of all templates. */
export async function definitionDigest(
  { projects }: Pick<Evaluation, "projects">,
  { root, own }: Pick<PipelineContext, "root" | "own">,
): Promise<string> {
  const read = [...new Set(projects.flatMap(({ definition }) => definition.files))].sort(compareBytes);
  const files = await Promise.all(
    read.map(async (file) => `${sha256(await fs.readFile(path.resolve(root, file)))}  ${file}\n`),
  );
  const folders = await Promise.all(["tmpl", "extra"].map((folder) => folderDigest(path.join(own, folder))));
  return sha256([...files, ...folders].join(""));
}

async function folderDigest(folder: string): Promise<string> {
  const there = await fs.stat(folder).catch(() => undefined);
  if (there === undefined) return "";
  return formatManifest({ entries: (await hashTree(folder)).entries.map(withGitMode) });
}

// As git sees it, which keeps the executable bit: the rest is the umask of whoever cloned.
function withGitMode(entry: Entry): Entry {
  if (entry.type === "link") return entry;
  return { ...entry, mode: entry.type === "dir" || entry.mode & 0o100 ? 0o755 : 0o644 };
}
